import { activations, type Activation } from '../activations/registry.ts';
import type { ComputationModel, ToyModel, VectorComputationModel } from '../models/toy-model.ts';

/** Bounds on the largest importance, which keep squared gradients (Adam's second moments) within the range of float32. */
const IMPORTANCE_RANGE = [1e-12, 1e12] as const;

/** The fields of a model that name its task and activations. */
export type ModelActivations =
  | Pick<ComputationModel, 'task' | 'activation'>
  | Pick<
      Extract<ToyModel, { readonly task: 'compression' }>,
      'task' | 'activation' | 'hiddenActivation'
    >
  | Pick<VectorComputationModel, 'task' | 'activation' | 'hiddenActivation' | 'target'>;

/**
 * Lists the activations of a model that have no float32 code, so that only the `typescript` kernel can train it.
 *
 * @param model a model, with or without sizes.
 * @returns the names of those activations; empty if every kernel can train the model.
 *
 * @example
 * ```js
 * import { float64OnlyActivations } from 'polysem/kernels';
 * float64OnlyActivations({ task: 'compression', activation: 'relu' }); // []
 * ```
 */
export function float64OnlyActivations(model: ModelActivations): readonly Activation[] {
  const names = new Set([model.activation]);
  if (model.task !== 'computation' && model.hiddenActivation !== undefined)
    names.add(model.hiddenActivation);
  if (model.task === 'vector-computation') names.add(model.target);
  // Ignore unknown names here: checkModel reports them and lists the known ones.
  return [...names].filter(
    (name) => Object.hasOwn(activations, name) && activations[name].lanes === undefined,
  );
}

/**
 * Checks that all activations of a model have float32 code, which the WebAssembly kernels need.
 *
 * @param model a model, with or without sizes.
 * @throws RangeError naming the activation that has none.
 */
export function checkFloat32Activations(model: ModelActivations): void {
  const [name] = float64OnlyActivations(model);
  if (name === undefined) return;
  throw new RangeError(
    `kernel: ${name} has float64 code only, and WebAssembly kernels need float32 code; use the typescript kernel`,
  );
}

/**
 * Checks that WebAssembly kernels, which compute in float32, can train a model.
 *
 * @param model the model.
 * @throws RangeError naming the activation without float32 code, or the importance that is out of range.
 *
 * @example
 * ```js
 * import { checkFloat32 } from 'polysem/kernels';
 * checkFloat32({ task: 'compression', activation: 'relu', features: 2, dims: 1, importance: [1, 0.5] });
 * ```
 */
export function checkFloat32(model: ToyModel): void {
  checkFloat32Activations(model);
  const largest = model.importance.reduce((most, v) => Math.max(most, v), 0);
  if (largest >= IMPORTANCE_RANGE[0] && largest <= IMPORTANCE_RANGE[1]) return;
  throw new RangeError(
    `importance: the largest is ${largest}, and float32 kernels take ${IMPORTANCE_RANGE.join(' to ')}; scale all by one number, or use the typescript kernel`,
  );
}
