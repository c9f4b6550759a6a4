import type { Activation } from '../activations/registry.ts';
import type { CompressionModel, VectorComputationModel } from './toy-model.ts';

/** What compression and vector-valued computation have in common: y_i = c_i t(x_i), y~ = f(U^T g(W x) + b). */
export interface FeaturewiseForm {
  /** t. */
  readonly target: Activation;
  /** g. */
  readonly hidden: Activation;
  /** f. */
  readonly output: Activation;
  /** U is W itself. */
  readonly isTied: boolean;
  /** c_i, one a feature; null where all are 1. */
  readonly coefficient: readonly number[] | null;
  /** The weight of each squared error, one a feature; null where all are 1. */
  readonly weight: readonly number[] | null;
}

/** A model with one output a feature, its defaults filled in. */
export function featurewiseForm(model: CompressionModel | VectorComputationModel): FeaturewiseForm {
  const isCompression = model.task === 'compression';
  const isWeight = model.importanceRole !== 'target-coefficient';
  return {
    target: isCompression ? 'linear' : model.target,
    hidden: model.hiddenActivation ?? (isCompression ? 'linear' : 'relu'),
    output: model.activation,
    isTied: isCompression && model.tied !== false,
    coefficient: isWeight ? null : model.importance,
    weight: isWeight ? model.importance : null,
  };
}
