import type { Embedding } from '@polysem/core/embedding';
import { selectRows, type DataSet, type Inputs, type SparseBatch } from '@polysem/core/features';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import { groupsOfRows, standardErrorOf } from './standard-error.ts';
import type { FixedLoss } from './fixed-loss.ts';
import type { HeldOutBatches, HeldOutSample } from './held-out.ts';
import type { ToyModel } from '../models/toy-model.ts';
import type { Generator } from '@polysem/numerics/random';

/** The trained parts of a model. */
export interface TrainedParts {
  /** W. */
  readonly embedding: Embedding;
  /**
   * b: one number for computation, one per feature for compression, or none. For the quadratic
   * model it is the best b for the trained W, which is also used in evaluation, not the b that
   * training reached.
   */
  readonly bias: Float64Array;
  /** U of an untied compression model. */
  readonly readOut: Embedding | null;
  /** u of a computation model with free output weights. */
  readonly outputWeights: Float64Array | null;
}

/** The loss by which restarts are compared, without gradient. */
export interface EvaluationLoss {
  /** Number of parameters that it depends on, counted from the first. */
  readonly size: number;
  readonly value: (parameters: Float64Array) => number;
  /** The standard error of the value as an estimate of the expected loss; absent for an exact loss, null if unknown. */
  readonly error?: (parameters: Float64Array) => number | null;
}

/** Evaluates by the value of a loss. */
export function evaluationBy({ size, evaluate }: Loss): EvaluationLoss {
  const gradient = new Float64Array(size);
  return { size, value: (parameters) => evaluate(parameters, gradient) };
}

/** The standard error of a mean loss over rows that were drawn independently, from groups of the rows; see `standardErrorOf`. */
export function errorOver(
  batch: SparseBatch,
  lossOn: (rows: SparseBatch) => EvaluationLoss,
): NonNullable<EvaluationLoss['error']> {
  return (parameters) => {
    const groups = groupsOfRows(batch.rows);
    const inGroups = groups.reduce((sum, { length }) => sum + length, 0);
    const means = groups.map((rows) => lossOn(selectRows(batch, rows)).value(parameters));
    return standardErrorOf(means, inGroups / batch.rows);
  };
}

/** Everything that training needs to know about a spec; parameters are in the units of training. */
export interface TrainingProblem {
  /** The model in the units of training. */
  readonly model: ToyModel;
  /** Inputs from which fresh batches are drawn. */
  readonly inputs: Inputs;
  /** Draws initial parameters. */
  readonly start: (g: Generator) => Float64Array;
  /** The loss that all steps descend; null if every step draws its own batch. */
  readonly fixed: FixedLoss | null;
  /**
   * Makes the loss by which restarts are compared; null if that is the mean over `heldOut`, which
   * each job computes at its end.
   */
  readonly evaluation: (() => EvaluationLoss) | null;
  /** Inputs that training does not see; null if `evaluation` compares restarts. */
  readonly heldOut: HeldOutBatches | HeldOutSample | null;
  /**
   * The certified optimum; null if the theory does not apply. Capacities are null unless all
   * features have the same variance.
   */
  readonly predicted: { readonly loss: number; readonly capacity: Float64Array | null } | null;
  /** Factor that converts a loss from the units of training to the user's units. */
  readonly lossUnit: number;
  /** The parts of the model, in the user's units. */
  readonly parts: (parameters: Float64Array) => TrainedParts;
}

/** Optional inputs of a problem besides its spec. */
export interface ProblemExtras {
  /** The data matrix that the spec names. */
  readonly data?: DataSet | undefined;
  /** The inputs of the spec if they are resolved already; otherwise they are checked and resolved. */
  readonly inputs?: Inputs | undefined;
  /**
   * The covariance of products of a fixed sample for L-BFGS; by default the sample is drawn from
   * the seed.
   */
  readonly sample?: ProductCovariance | undefined;
  /**
   * The kernel that evaluates fixed samples of all models except the quadratic one; by default the
   * fastest available.
   */
  readonly kernel?: Kernel | undefined;
}
