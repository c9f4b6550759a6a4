import type { Embedding } from '@polysem/core/embedding';
import type { DataSet, Inputs } from '@polysem/core/features';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import type { FixedLoss } from './fixed-loss.ts';
import type { ToyModel } from '../models/toy-model.ts';
import type { Generator } from '@polysem/numerics/random';

/** The trained parts of a model. */
export interface TrainedParts {
  /** W. */
  readonly embedding: Embedding;
  /**
   * b: one number for computation, one per feature for compression, or none. For the quadratic model the best b for the
   * trained W, with which it is evaluated, whatever b training reached.
   */
  readonly bias: Float64Array;
  /** U of an untied compression model. */
  readonly readOut: Embedding | null;
  /** u of a computation model with free output weights. */
  readonly outputWeights: Float64Array | null;
}

/** The loss by which restarts are compared; it has no gradient. */
export interface EvaluationLoss {
  /** The number of parameters that it depends on, the first ones. */
  readonly size: number;
  readonly value: (parameters: Float64Array) => number;
}

/** Compares restarts by the value of a loss. */
export function evaluationBy({ size, evaluate }: Loss): EvaluationLoss {
  const gradient = new Float64Array(size);
  return { size, value: (parameters) => evaluate(parameters, gradient) };
}

/** Everything about a spec that training needs; parameters in the units of training. */
export interface TrainingProblem {
  /** The model in the units of training. */
  readonly model: ToyModel;
  /** Inputs that fresh batches are drawn from. */
  readonly inputs: Inputs;
  /** Random first parameters. */
  readonly start: (g: Generator) => Float64Array;
  /** The loss that all steps descend; null if every step draws a batch of its own. */
  readonly fixed: FixedLoss | null;
  /** Makes the loss by which restarts are compared; null if that is the mean over `heldOut`, which the kernel computes. */
  readonly evaluation: (() => EvaluationLoss) | null;
  /** Batches that training does not see; null where `evaluation` compares restarts. */
  readonly heldOut: { readonly stream: Generator; readonly batches: number } | null;
  /** The certified optimum, where there is a theory; its capacities only where all features have the same variance. */
  readonly predicted: { readonly loss: number; readonly capacity: Float64Array | null } | null;
  /** Factor from a loss in the units of training to one in the user's units. */
  readonly lossUnit: number;
  /** The parts of the model, in the user's units. */
  readonly parts: (parameters: Float64Array) => TrainedParts;
}

/** Things that a problem may need besides its spec. */
export interface ProblemExtras {
  /** The data matrix that the spec names. */
  readonly data?: DataSet | undefined;
  /** The fixed sample of L-BFGS, drawn elsewhere. */
  readonly sample?: ProductCovariance | undefined;
  /** The kernel that evaluates fixed samples of models other than the quadratic one; by default the fastest that this engine can run. */
  readonly kernel?: Kernel | undefined;
}
