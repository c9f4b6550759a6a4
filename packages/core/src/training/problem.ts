import type { Embedding } from '../embedding.ts';
import type { Loss } from '../models/loss.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import { isQuadraticModel, type ToyModel } from '../models/toy-model.ts';
import type { Generator } from '../random/generator.ts';
import { quadraticProblem } from './quadratic-problem.ts';
import { sampledProblem } from './sampled-problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/** The trained parts of a model. */
export interface TrainedParts {
  /** W. */
  readonly embedding: Embedding;
  /**
   * b: one number for computation, one a feature for compression, or none. Of the model with a theory the best one for its
   * W, with which it is judged, whatever b training had come to.
   */
  readonly bias: Float64Array;
  /** U of an untied compression model. */
  readonly readOut: Embedding | null;
  /** u of a computation model with free output weights. */
  readonly outputWeights: Float64Array | null;
}

/** What training needs to know of a spec; parameters in the units of training. */
export interface TrainingProblem {
  /** The model in the units of training. */
  readonly model: ToyModel;
  /** Random first parameters. */
  readonly start: (g: Generator) => Float64Array;
  /** The loss that stays the same through a run, or null if each step draws its own. */
  readonly fixed: Loss | null;
  /** The loss that runs are judged by; null for the mean over `heldOut`, which the kernel takes. */
  readonly judge: Loss | null;
  /** Batches that training does not see; null where there is a judge. */
  readonly heldOut: { readonly stream: Generator; readonly batches: number } | null;
  /** The certified optimum, where there is a theory; its capacities only where inputs are equally wide. */
  readonly predicted: { readonly loss: number; readonly capacity: Float64Array | null } | null;
  /** What a loss in the units of training is to be multiplied by. */
  readonly lossUnit: number;
  /** The parts of the model, in the user's units. */
  readonly parts: (parameters: Float64Array) => TrainedParts;
}

/** The problem of a checked spec. Fixed samples and held-out inputs are drawn from `data`. */
export function trainingProblem(
  spec: TrainingSpec,
  data: Generator,
  sample: ProductCovariance | undefined,
): TrainingProblem {
  return isQuadraticModel(spec.model)
    ? quadraticProblem(spec, data, sample)
    : sampledProblem(spec, data);
}
