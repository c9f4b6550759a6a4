import type { Embedding } from '../embedding.ts';
import type { Loss } from '../models/loss.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import type { Generator } from '../random/generator.ts';
import type { Allocation } from '../theory/allocation.ts';
import { quadraticProblem } from './quadratic-problem.ts';
import { sampledProblem } from './sampled-problem.ts';
import { hasTheory, type TrainingSpec } from './training-spec.ts';

/** The trained parts of a model. */
export interface TrainedParts {
  /** W. */
  readonly embedding: Embedding;
  /** b: one number for computation, one a feature for compression, or none. */
  readonly bias: Float64Array;
  /** U of an untied compression model. */
  readonly readOut: Embedding | null;
  /** u of a computation model with free output weights. */
  readonly outputWeights: Float64Array | null;
}

/** What training needs to know of a model; parameters in the units of training. */
export interface TrainingProblem {
  /** Random first parameters. */
  readonly start: (g: Generator) => Float64Array;
  /** The loss that stays the same through a run, or null if each step draws its own. */
  readonly fixed: Loss | null;
  /** The loss on a fresh batch. */
  readonly batch: (g: Generator) => Loss;
  /** The loss that runs are judged by: the exact one, or one on inputs held out from training. */
  readonly judge: Loss;
  /** The certified optimum, where there is a theory. */
  readonly predicted: Allocation | null;
  /** What a loss in the units of training is to be multiplied by. */
  readonly lossUnit: number;
  /** The parts of the model, in the user's units. */
  readonly parts: (parameters: Float64Array) => TrainedParts;
}

/** The problem of a checked spec. Fixed samples are drawn from `data`. */
export function trainingProblem(
  spec: TrainingSpec,
  data: Generator,
  sample: ProductCovariance | undefined,
): TrainingProblem {
  return hasTheory(spec.model) ? quadraticProblem(spec, data, sample) : sampledProblem(spec, data);
}
