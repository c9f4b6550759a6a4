import type { Embedding } from '@polysem/core/embedding';
import type { FeatureInputs } from '@polysem/core/features';
import { isDataInputs, type DataSet } from '@polysem/core/features';
import type { GivenRows } from '@polysem/core/features';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import { isQuadraticModel, type ToyModel } from '../models/toy-model.ts';
import type { Generator } from '@polysem/numerics/random';
import { quadraticProblem } from './quadratic-problem.ts';
import { dataProblem } from './data-problem.ts';
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

/** A loss by which runs are judged, and which nobody descends. */
export interface JudgingLoss {
  /** So many of the first parameters it looks at. */
  readonly size: number;
  readonly value: (parameters: Float64Array) => number;
}

/** Judges by a loss. */
export function judgeBy({ size, evaluate }: Loss): JudgingLoss {
  const gradient = new Float64Array(size);
  return { size, value: (parameters) => evaluate(parameters, gradient) };
}

/** What training needs to know of a spec; parameters in the units of training. */
export interface TrainingProblem {
  /** The model in the units of training. */
  readonly model: ToyModel;
  /** What fresh batches are drawn from. */
  readonly inputs: FeatureInputs | GivenRows;
  /** Random first parameters. */
  readonly start: (g: Generator) => Float64Array;
  /** The loss that stays the same through a run, or null if each step draws its own. */
  readonly fixed: Loss | null;
  /** The relative rounding of that loss, where it is in less than float64. */
  readonly rounding: number;
  /** The loss that runs are judged by; null for the mean over `heldOut`, which the kernel takes. */
  readonly judge: JudgingLoss | null;
  /** Batches that training does not see; null where there is a judge. */
  readonly heldOut: { readonly stream: Generator; readonly batches: number } | null;
  /** The certified optimum, where there is a theory; its capacities only where inputs are equally wide. */
  readonly predicted: { readonly loss: number; readonly capacity: Float64Array | null } | null;
  /** What a loss in the units of training is to be multiplied by. */
  readonly lossUnit: number;
  /** The parts of the model, in the user's units. */
  readonly parts: (parameters: Float64Array) => TrainedParts;
}

/** What a problem may need beside its spec. */
export interface ProblemExtras {
  /** The data matrix that the spec names. */
  readonly data?: DataSet | undefined;
  /** The fixed sample of L-BFGS, drawn elsewhere. */
  readonly sample?: ProductCovariance | undefined;
  /** What evaluates fixed samples of models other than the quadratic one; the fastest that this engine can run if absent. */
  readonly kernel?: Kernel | undefined;
}

/**
 * The problem of a checked spec. Fixed samples and held-out inputs are drawn from `stream`.
 *
 * @throws RangeError if the spec names data and others, or none, are given.
 */
export function trainingProblem(
  spec: TrainingSpec,
  stream: Generator,
  extras: ProblemExtras,
): TrainingProblem {
  const { inputs } = spec;
  if (isDataInputs(inputs)) return dataProblem(spec, inputs, stream, extras);
  return isQuadraticModel(spec.model)
    ? quadraticProblem(spec, inputs, stream, extras.sample)
    : sampledProblem(spec, inputs, stream, extras.kernel);
}
