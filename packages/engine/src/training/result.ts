import { measureCapacity } from '@polysem/core/capacity';
import type { HistoryEntry, JobProgress } from './job.ts';
import type { TrainedParts, TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/** The result of one restart: plain data, parameters in the units of training. */
export interface TrainedRestart {
  readonly parameters: ArrayLike<number>;
  /** Steps or iterations taken. */
  readonly steps: number;
  /**
   * Reason for the end: converged (by itself or by early stopping), all steps taken, or diverged.
   */
  readonly stopped: 'converged' | 'steps' | 'diverged';
  /** The quantity that was not finite, if training diverged. */
  readonly cause: 'loss' | 'gradient' | null;
  /** The held-out loss; null if restarts are compared by another loss. */
  readonly loss: number | null;
  /** The standard error of `loss`; null if `loss` is, or if it is unknown. */
  readonly lossError: number | null;
  readonly history: readonly HistoryEntry[];
}

/** A recorded step of a run, in the user's units. */
export interface HistoryPoint extends TrainedParts {
  /** Steps taken. */
  readonly step: number;
  /**
   * Mean training loss over the steps since the previous point; at step 0 the loss of the first
   * batch.
   */
  readonly loss: number;
  /** Capacity of each feature. */
  readonly capacity: Float64Array;
}

/** One restart and its result, in the user's units. */
export interface TrainingRun {
  /** The loss by which restarts are compared; Infinity if the run diverged. */
  readonly loss: number;
  /** The standard error of `loss`, as {@link TrainingResult.lossError}; null if the run diverged. */
  readonly lossError: number | null;
  /** The gap to the optimum, as {@link TrainingResult.gap}; null if the run diverged. */
  readonly gap: number | null;
  /** Steps or iterations taken; if the run diverged, the step (from 0) at which it did. */
  readonly steps: number;
  /**
   * Reason for the end: converged (by itself or by early stopping), all steps taken, or diverged.
   */
  readonly stopped: 'converged' | 'steps' | 'diverged';
  /** The quantity that was not finite, if training diverged: the loss or its gradient. */
  readonly cause: 'loss' | 'gradient' | null;
  /** Capacity of each feature; empty if the run diverged. */
  readonly capacity: Float64Array;
  /** The recorded steps that the run reached, and the last step if it stopped early. */
  readonly history: readonly HistoryPoint[];
}

/** The best of R restarts, with a summary of the others. */
export interface TrainingResult extends TrainedParts {
  readonly spec: TrainingSpec;
  /**
   * Loss of the best run on inputs that training did not see: the exact expected loss if it has a
   * closed form, otherwise the loss on held-out inputs, the same for all runs.
   */
  readonly loss: number;
  /**
   * Standard error of `loss` as an estimate of the expected loss of this model, from 64 groups of held-out inputs (or from the
   * held-out batches): sqrt(sum_b (m_b - m)^2 / (B - 1) / B) with m_b the mean loss of each of B groups. Null for an exact
   * loss, for a stratified sample, for data of which no rows are held out, and for fewer than 8 groups. All restarts are
   * compared on the same inputs, so it is not the error of a difference between restarts.
   */
  readonly lossError: number | null;
  /**
   * The certified global minimum over all weights (`allocateQuadratic`); null where the theory does
   * not apply: for models other than the quadratic one, for correlated features and data, and for
   * inputs with nonzero mean.
   */
  readonly optimum: number | null;
  /**
   * (loss - optimum) / optimum. If the optimum is 0, or negligible within rounding, relative to the
   * loss of zero weights instead; null without an optimum.
   */
  readonly gap: number | null;
  readonly capacity: Float64Array;
  /**
   * Capacities at the certified optimum; null if there is none, and if features differ in variance.
   */
  readonly predictedCapacity: Float64Array | null;
  readonly squaredNorm: Float64Array;
  /** Index of the best run. */
  readonly best: number;
  readonly runs: readonly TrainingRun[];
}

/** A result in which all restarts diverged. */
export interface DivergedTraining {
  readonly spec: TrainingSpec;
  readonly best: null;
  readonly runs: readonly TrainingRun[];
}

/**
 * Explains in one line where and why training diverged.
 *
 * @param result a result in which all restarts diverged.
 * @returns the explanation, with advice.
 *
 * @example
 * ```js
 * import { divergence } from 'polysem/training';
 * const runs = [{ steps: 7, cause: 'loss' }];
 * divergence({ spec: { optimiser: { name: 'adam' } }, best: null, runs }).slice(0, 31);
 * // 'training diverged in every rest'
 * ```
 */
export function divergence({ runs, spec }: DivergedTraining): string {
  // A smaller learning rate does not help: L-BFGS has none, and at step 0 it has not been used yet.
  const isOfNumbers = spec.optimiser.name === 'lbfgs' || runs[0].steps === 0;
  const advice = isOfNumbers ? 'inputs and importances nearer to 1' : 'a smaller learning rate';
  return `training diverged in every restart, the first at step ${runs[0].steps}, where the ${runs[0].cause} was no longer finite; ${advice} may help`;
}

/** The result of a finished job. */
export function trainedRestart({
  state,
  stopped,
  cause,
  loss,
  lossError,
  history,
}: JobProgress): TrainedRestart {
  if (stopped === null)
    throw new Error(`trainedRestart: the job is at step ${state.step}, not at its end`);
  return {
    parameters: Float64Array.from(state.parameters),
    steps: state.step,
    stopped,
    cause,
    loss,
    lossError,
    history,
  };
}

/** Compares the restarts of a spec, one after the other. */
export interface RestartComparison {
  /**
   * Adds the next restart; returns false if the spec needs no more, because the best one is good
   * enough.
   */
  readonly add: (start: TrainedRestart) => boolean;
  /** The result of all restarts so far. */
  readonly result: () => TrainingResult | DivergedTraining;
}

/** An optimum below this fraction of the loss of zero weights is negligible within rounding. */
const ROUNDING = 1e-12;

/** Compares restarts, all by the same loss. */
export function compareRestarts(spec: TrainingSpec, problem: TrainingProblem): RestartComparison {
  const { lossUnit, predicted } = problem;
  const evaluation = problem.evaluation?.() ?? null;
  const size = evaluation?.size ?? 0;
  const empty = predicted === null ? NaN : (evaluation?.value(new Float64Array(size)) ?? NaN);
  const gapOf = (loss: number): number | null => {
    if (predicted === null) return null;
    const above = loss - predicted.loss;
    if (predicted.loss > ROUNDING * empty) return above / predicted.loss;
    return empty > 0 ? above / empty : 0;
  };
  const lossOf = (start: TrainedRestart): number => {
    if (start.stopped === 'diverged') return Infinity;
    if (evaluation === null) return start.loss ?? Infinity;
    const loss = evaluation.value(Float64Array.from(start.parameters).subarray(0, size));
    return Number.isFinite(loss) ? loss : Infinity;
  };

  const errorOf = (start: TrainedRestart): number | null => {
    const error =
      evaluation === null
        ? start.lossError
        : (evaluation.error?.(Float64Array.from(start.parameters).subarray(0, size)) ?? null);
    return error === null ? null : error * lossUnit;
  };

  const runs: TrainingRun[] = [];
  let best: TrainedRestart | null = null;
  let bestLoss = Infinity;
  let bestPlace = -1;
  const add = (start: TrainedRestart): boolean => {
    const loss = lossOf(start);
    const isFinite = loss < Infinity;
    runs.push({
      loss: loss * lossUnit,
      lossError: isFinite ? errorOf(start) : null,
      gap: isFinite ? gapOf(loss) : null,
      steps: start.steps,
      stopped: isFinite ? start.stopped : 'diverged',
      cause: isFinite ? null : (start.cause ?? 'loss'),
      capacity: isFinite
        ? measureCapacity(problem.parts(Float64Array.from(start.parameters)).embedding).capacity
        : new Float64Array(0),
      history: start.history.map(({ step, loss: at, capacity, parameters }) => ({
        step,
        loss: at * lossUnit,
        capacity,
        ...problem.parts(parameters),
      })),
    });
    if (loss < bestLoss) {
      best = start;
      bestLoss = loss;
      bestPlace = runs.length - 1;
    }
    const gap = best === null ? null : runs[bestPlace].gap;
    return spec.stopAtGap === undefined || gap === null || gap > spec.stopAtGap;
  };

  const result = (): TrainingResult | DivergedTraining => {
    if (best === null) return { spec, best, runs };
    const parts = problem.parts(Float64Array.from(best.parameters));
    const { capacity, squaredNorm } = measureCapacity(parts.embedding);
    const { lossError, gap } = runs[bestPlace];
    return {
      spec,
      ...parts,
      loss: bestLoss * lossUnit,
      lossError,
      optimum: predicted === null ? null : predicted.loss * lossUnit,
      gap,
      capacity,
      predictedCapacity: predicted?.capacity ?? null,
      squaredNorm,
      best: bestPlace,
      runs,
    };
  };
  return { add, result };
}
