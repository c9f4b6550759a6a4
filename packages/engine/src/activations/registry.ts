import type { ActivationFunction, LaneActivation } from './activation.ts';
import * as all from './all.ts';

/** The name of a registered activation. */
export type Activation = (typeof all)[keyof typeof all]['name'];

/**
 * All registered activations by name, in alphabetical order.
 *
 * @example
 * ```js
 * import { activations } from 'polysem/activations';
 * activations.relu.value(-2); // 0
 * activations.quadratic.slope(3); // 6
 * ```
 */
export const activations: Readonly<Record<Activation, ActivationFunction<Activation>>> =
  Object.fromEntries(Object.values(all).map((one) => [one.name, one])) as Record<
    Activation,
    ActivationFunction<Activation>
  >;

/** The names of all registered activations. */
export const activationNames: readonly Activation[] = Object.keys(activations) as Activation[];

/**
 * The name of an activation in text and figures.
 *
 * @param name the name of a registered activation.
 * @returns its label, or the name itself if it has none.
 *
 * @example
 * ```js
 * import { activationLabel } from 'polysem/activations';
 * activationLabel('gelu'); // 'GeLU'
 * activationLabel('tanh'); // 'tanh'
 * ```
 */
export function activationLabel(name: Activation): string {
  return activations[name].label ?? name;
}

/** The float32 code of an activation. @throws Error if it has none; kernels check models before they generate code. */
export function activationLanes(name: Activation): LaneActivation {
  const { lanes } = activations[name];
  if (lanes === undefined) throw new Error(`${name} has no lanes`);
  return lanes;
}
