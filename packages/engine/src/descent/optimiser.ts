import { power } from '@polysem/numerics/elementary';
/** First-order optimiser, as plain data. */
export type FirstOrder =
  | {
      readonly name: 'sgd';
      readonly momentum: number;
      /** L2 penalty: weightDecay * w is added to the gradient. */
      readonly weightDecay: number;
    }
  | {
      readonly name: 'adam' | 'adamw';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      /**
       * Adam: L2 penalty, weightDecay * w is added to the gradient. AdamW: decoupled, w -= rate * weightDecay * w
       * (Loshchilov & Hutter 2019).
       */
      readonly weightDecay: number;
    };

/** Default constants of each optimiser. AdamW's weight decay of 0.01 is PyTorch's default. */
export const firstOrderDefaults: Readonly<{
  sgd: Extract<FirstOrder, { readonly name: 'sgd' }>;
  adam: Extract<FirstOrder, { readonly name: 'adam' | 'adamw' }>;
  adamw: Extract<FirstOrder, { readonly name: 'adam' | 'adamw' }>;
}> = {
  sgd: { name: 'sgd', momentum: 0.9, weightDecay: 0 },
  adam: { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  adamw: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
};

/** Parameters and the optimiser's state. Plain data, updated in place. */
export interface DescentState {
  readonly parameters: Float64Array;
  /** Adam's first moments or SGD's velocity; initially 0. */
  readonly first: Float64Array;
  /** Adam's second moments; initially 0. */
  readonly second: Float64Array;
  /** Steps taken. */
  step: number;
}

/** Takes one optimiser step in place, with the learning rate of this step. */
export function descentStep(
  optimiser: FirstOrder,
  state: DescentState,
  gradient: Float64Array,
  rate: number,
): void {
  const { parameters, first, second } = state;
  state.step++;
  if (optimiser.name === 'sgd') {
    const { momentum, weightDecay } = optimiser;
    for (let j = 0; j < parameters.length; j++) {
      first[j] = momentum * first[j] + gradient[j] + weightDecay * parameters[j];
      parameters[j] -= rate * first[j];
    }
    return;
  }
  const { beta1, beta2, epsilon, weightDecay } = optimiser;
  const coupled = optimiser.name === 'adam' ? weightDecay : 0;
  const decoupled = optimiser.name === 'adamw' ? weightDecay : 0;
  const correction1 = 1 - power(beta1, state.step);
  const correction2 = 1 - power(beta2, state.step);
  for (let j = 0; j < parameters.length; j++) {
    const slope = gradient[j] + coupled * parameters[j];
    first[j] = beta1 * first[j] + (1 - beta1) * slope;
    second[j] = beta2 * second[j] + (1 - beta2) * slope * slope;
    parameters[j] -=
      rate *
      (decoupled * parameters[j] +
        first[j] / correction1 / (Math.sqrt(second[j] / correction2) + epsilon));
  }
}
