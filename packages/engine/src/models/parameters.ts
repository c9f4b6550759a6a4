import { checkModel, type ToyModel } from './toy-model.ts';

/** Where the parts of a model stand in its parameter vector; an absent part has length 0. */
export interface ParameterLayout {
  /** W, feature-major: N D numbers from 0. */
  readonly weights: number;
  /** U where it is trained apart from W, feature-major. */
  readonly readOut: { readonly from: number; readonly length: number };
  /** b: one number for scalar computation, else one a feature. */
  readonly bias: { readonly from: number; readonly length: number };
  /** u of a computation model with free output weights, one a neuron. */
  readonly outputWeights: { readonly from: number; readonly length: number };
  /** The number of parameters. */
  readonly size: number;
}

/** The layout of a model's parameters. @throws RangeError if the model is malformed. */
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
