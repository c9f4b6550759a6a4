import { orthonormaliseRows } from '@polysem/numerics/linalg';
import { parameterLayout } from '../models/parameters.ts';
import type { ToyModel } from '../models/toy-model.ts';
import type { InitialisationName } from '../names/initialisations.ts';
import { normal } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';

/** Method by which initial weights are drawn; plain data. */
export type Initialisation =
  | { readonly name: Exclude<InitialisationName, 'notebook'> }
  | {
      readonly name: 'notebook';
      /** Number of models that the notebook trains at once. */
      readonly instances: number;
    };

/**
 * Scale of small initial weights, relative to xavier: far below the trained weights, so that the
 * order in which features are learned is visible.
 */
const SMALL = 0.01;

/**
 * Draws initial parameters, laid out as in `parameterLayout`: W and U by the initialisation, biases
 * 0, free output weights 1.
 *
 * - xavier: Glorot & Bengio 2010. kaiming: He et al. 2015, with the N features as inputs of W and
 *   the D neurons as inputs of U. orthogonal: Saxe et al. 2013.
 * - importance: E |w_i|^2 = v_i, the optimal squared length of feature i in the quadratic model
 *   if it were the only feature.
 * - notebook: PyTorch's `xavier_normal_` on a tensor (instances, N, D), which it treats as a
 *   convolution: fan-in N D, fan-out instances D. The scale therefore depends on how many models
 *   are trained at once. For comparisons only.
 *
 * @param model the toy model.
 * @param initialisation the method.
 * @param g the generator, which advances.
 * @returns the parameters.
 * @throws RangeError if the model is malformed.
 *
 * @example
 * ```js
 * import { initialParameters } from 'polysem/training';
 * import { generator } from 'polysem/random';
 * const model = { task: 'compression', activation: 'relu', features: 3, dims: 2, importance: [1, 1, 1] };
 * const parameters = initialParameters(model, { name: 'xavier' }, generator(0));
 * parameters.subarray(6); // [0, 0, 0]
 * ```
 */
export function initialParameters(
  model: ToyModel,
  initialisation: Initialisation,
  g: Generator,
): Float64Array {
  const layout = parameterLayout(model);
  const parameters = new Float64Array(layout.size);
  const { readOut, outputWeights } = layout;
  fillWeights(parameters.subarray(0, layout.weights), model, initialisation, model.features, g);
  const u = parameters.subarray(readOut.from, readOut.from + readOut.length);
  if (u.length > 0) fillWeights(u, model, initialisation, model.dims, g);
  parameters.fill(1, outputWeights.from, outputWeights.from + outputWeights.length);
  return parameters;
}

function fillWeights(
  weights: Float64Array,
  { features, dims, importance }: ToyModel,
  initialisation: Initialisation,
  inputs: number,
  g: Generator,
): void {
  const entries = (variance: (feature: number) => number): void => {
    for (let i = 0; i < features; i++) {
      const deviation = Math.sqrt(variance(i));
      for (let d = 0; d < dims; d++) weights[i * dims + d] = deviation * normal(g);
    }
  };
  switch (initialisation.name) {
    case 'xavier':
      return entries(() => 2 / (features + dims));
    case 'kaiming':
      return entries(() => 2 / inputs);
    case 'small':
      return entries(() => (SMALL * SMALL * 2) / (features + dims));
    case 'importance':
      return entries((i) => importance[i] / dims);
    case 'notebook':
      return entries(() => 2 / (dims * (features + initialisation.instances)));
    case 'orthogonal': {
      const rows = Float64Array.from(weights, () => normal(g));
      orthonormaliseRows(rows, features);
      for (let i = 0; i < features; i++) {
        for (let d = 0; d < dims; d++) weights[i * dims + d] = rows[d * features + i];
      }
    }
  }
}
