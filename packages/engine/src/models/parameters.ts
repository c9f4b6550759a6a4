import { checkModel, type ToyModel } from './toy-model.ts';

/** Positions of the parts of a model in its parameter vector; an absent part has length 0. */
export interface ParameterLayout {
  /** Length of W, which is stored feature-major from index 0: N D numbers. */
  readonly weights: number;
  /** U, feature-major, if it is trained separately from W. */
  readonly readOut: { readonly from: number; readonly length: number };
  /** b: one number for scalar computation, otherwise one per feature. */
  readonly bias: { readonly from: number; readonly length: number };
  /** u of a computation model with free output weights, one number per neuron. */
  readonly outputWeights: { readonly from: number; readonly length: number };
  /** The number of parameters. */
  readonly size: number;
}

/**
 * The layout of a model's parameter vector.
 *
 * @param model the toy model.
 * @returns the position and length of each part, and the total number of parameters.
 * @throws RangeError if the model is malformed.
 *
 * @example
 * ```js
 * import { parameterLayout } from 'polysem/models';
 * const model = { task: 'compression', activation: 'relu', features: 3, dims: 2, importance: [1, 1, 1] };
 * parameterLayout(model).bias; // { from: 6, length: 3 }
 * parameterLayout(model).size; // 9
 * ```
 */
export function parameterLayout(model: ToyModel): ParameterLayout {
  checkModel(model);
  const { features, dims, task } = model;
  const weights = features * dims;
  const isScalar = task === 'computation';
  const hasReadOut = task === 'vector-computation' || (!isScalar && model.tied === false);
  const readOut = hasReadOut ? weights : 0;
  const bias = model.bias === false ? 0 : isScalar ? 1 : features;
  const outputWeights = isScalar && model.outputWeights === 'free' ? dims : 0;
  return {
    weights,
    readOut: { from: weights, length: readOut },
    bias: { from: weights + readOut, length: bias },
    outputWeights: { from: weights + readOut + bias, length: outputWeights },
    size: weights + readOut + bias + outputWeights,
  };
}
