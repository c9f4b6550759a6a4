/** Moves parameters against a gradient; keeps whatever it must remember. Steps count from 0. */
export type Stepper = (
  parameters: Float64Array,
  gradient: Float64Array,
  step: number,
  rate: number,
) => void;

/** A first-order optimiser as plain data. */
export type FirstOrder =
  | { readonly name: 'sgd'; readonly momentum: number }
  | {
      readonly name: 'adam' | 'adamw';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      /** Adam: added to the gradient (L2). AdamW: taken off the weights directly (Loshchilov & Hutter 2019). */
      readonly weightDecay: number;
    };

/** The names of the first-order optimisers. */
export type FirstOrderName = FirstOrder['name'];

/** Each optimiser with its customary constants; AdamW decays by 0.01 as PyTorch's does. */
export const firstOrderDefaults: Readonly<Record<FirstOrderName, FirstOrder>> = {
  sgd: { name: 'sgd', momentum: 0.9 },
  adam: { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  adamw: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
};

/** Makes the stepper of an optimiser for `size` parameters. */
export function stepper(optimiser: FirstOrder, size: number): Stepper {
  if (optimiser.name === 'sgd') {
    const velocity = new Float64Array(size);
    return (parameters, gradient, _step, rate) => {
      for (let j = 0; j < size; j++) {
        velocity[j] = optimiser.momentum * velocity[j] + gradient[j];
        parameters[j] -= rate * velocity[j];
      }
    };
  }
  const { beta1, beta2, epsilon, weightDecay } = optimiser;
  const coupled = optimiser.name === 'adam' ? weightDecay : 0;
  const decoupled = optimiser.name === 'adamw' ? weightDecay : 0;
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  return (parameters, gradient, step, rate) => {
    const correction1 = 1 - beta1 ** (step + 1);
    const correction2 = 1 - beta2 ** (step + 1);
    for (let j = 0; j < size; j++) {
      const slope = gradient[j] + coupled * parameters[j];
      first[j] = beta1 * first[j] + (1 - beta1) * slope;
      second[j] = beta2 * second[j] + (1 - beta2) * slope * slope;
      parameters[j] -=
        rate *
        (decoupled * parameters[j] +
          first[j] / correction1 / (Math.sqrt(second[j] / correction2) + epsilon));
    }
  };
}
