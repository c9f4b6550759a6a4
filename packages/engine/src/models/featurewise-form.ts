import type { Activation } from '../activations/registry.ts';
import type { CompressionModel, VectorComputationModel } from './toy-model.ts';

/**
 * The common form of compression and of computation with one output per feature: y_i = c_i t(x_i),
 * y~ = f(U^T g(W x) + b).
 */
export interface FeaturewiseForm {
  /** t. */
  readonly target: Activation;
  /** g. */
  readonly hidden: Activation;
  /** f. */
  readonly output: Activation;
  /** True if U is W. */
  readonly isTied: boolean;
  /** c_i, one per feature; null if all are 1. */
  readonly coefficient: readonly number[] | null;
  /** Weight of each squared error, one per feature; null if all are 1. */
  readonly weight: readonly number[] | null;
}

/** The common form of a model with one output per feature, with defaults filled in. */
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
