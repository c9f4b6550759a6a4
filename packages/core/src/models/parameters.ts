import { checkModel, type ToyModel } from './toy-model.ts';

/** Where the parts of a model stand in its parameter vector; an absent part has length 0. */
export interface ParameterLayout {
  /** W, feature-major: N D numbers from 0. */
  readonly weights: number;
  /** U of an untied compression model, feature-major. */
  readonly readOut: { readonly from: number; readonly length: number };
  /** b: one number for computation, one a feature for compression. */
  readonly bias: { readonly from: number; readonly length: number };
  /** u of a computation model with free output weights, one a neuron. */
  readonly outputWeights: { readonly from: number; readonly length: number };
  /** The number of parameters. */
  readonly size: number;
}

/** The layout of a model's parameters. @throws RangeError if the model is malformed. */
export function parameterLayout(model: ToyModel): ParameterLayout {
  checkModel(model);
  const { features, dims } = model;
  const weights = features * dims;
  const isCompression = model.task === 'compression';
  const readOut = isCompression && model.tied === false ? weights : 0;
  const bias = isCompression ? (model.bias === false ? 0 : features) : 1;
  const outputWeights = !isCompression && model.outputWeights === 'free' ? dims : 0;
  return {
    weights,
    readOut: { from: weights, length: readOut },
    bias: { from: weights + readOut, length: bias },
    outputWeights: { from: weights + readOut + bias, length: outputWeights },
    size: weights + readOut + bias + outputWeights,
  };
}
