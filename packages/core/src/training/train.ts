import { measureCapacity } from '../capacity/measure.ts';
import type { Loss } from '../models/loss.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import { generator, split } from '../random/generator.ts';
import { descend } from './descend.ts';
import { lbfgs } from './lbfgs.ts';
import { firstOrderDefaults } from './optimiser.ts';
import { trainingProblem, type TrainedParts } from './problem.ts';
import { checkTrainingSpec, type TrainingSpec } from './training-spec.ts';

/** One random start and where it led. */
export interface TrainingRun {
  /** The loss that runs are judged by; Infinity if the run diverged. */
  readonly loss: number;
  /** Steps or iterations taken. */
  readonly steps: number;
  /** Why it ended: of its own accord, out of steps, or diverged. */
  readonly stopped: 'converged' | 'steps' | 'diverged';
  /** Capacity of each feature; empty if the run diverged. */
  readonly capacity: Float64Array;
}

/** The best of R restarts, and how the others did. */
export interface TrainingResult extends TrainedParts {
  readonly spec: TrainingSpec;
  /**
   * Loss of the best run, on inputs that training did not see: the exact expected loss where it has a closed form, else
   * the loss on one sample held out for all runs.
   */
  readonly loss: number;
  /**
   * The certified global minimum over all weights (`allocateQuadratic`); null where the theory does not speak: for
   * other models than the quadratic one, and for inputs whose mean is not 0.
   */
  readonly optimum: number | null;
  /**
   * (loss - optimum) / optimum; where the optimum is 0, or lost in rounding, relative to the loss of zero weights instead;
   * null without optimum.
   */
  readonly gap: number | null;
  readonly capacity: Float64Array;
  /** Capacities at the certified optimum, or null without one. */
  readonly predictedCapacity: Float64Array | null;
  readonly squaredNorm: Float64Array;
  /** Index of the best run. */
  readonly best: number;
  readonly runs: readonly TrainingRun[];
}

/** What {@link train} may be handed beside its spec. */
export interface TrainingExtras {
  /** The fixed sample of L-BFGS, drawn elsewhere and shared by several runs; else drawn from the seed. */
  readonly sample?: ProductCovariance;
  /** Starts that an earlier, interrupted run of the same spec finished. */
  readonly finished?: ReadonlyMap<number, TrainedStart>;
  /** Called after each start, finished earlier or now. */
  readonly onStart?: (start: number, trained: TrainedStart) => void;
  /** Called now and then with the fraction done. */
  readonly onProgress?: (done: number) => void;
}

/** Where one random start led: plain data, parameters in the units of training. */
export interface TrainedStart {
  readonly parameters: ArrayLike<number>;
  readonly steps: number;
  readonly stopped: TrainingRun['stopped'];
}

/** An optimum below this fraction of the loss of zero weights is lost in the rounding of the loss. */
const ROUNDING = 1e-12;
/** Steps between two reports of progress. */
const REPORT_EVERY = 64;

/**
 * Trains a toy model from R random starts and judges every run by the same loss. Restart r draws from stream r + 1 of
 * the seed and what all restarts share from stream 0, so that results do not depend on the order of work.
 *
 * @throws RangeError if the spec is malformed; Error if every restart diverged.
 */
export function train(spec: TrainingSpec, extras: TrainingExtras = {}): TrainingResult {
  checkTrainingSpec(spec);
  const root = generator(spec.seed);
  const problem = trainingProblem(spec, split(root, 0), extras.sample);
  const { judge, lossUnit, predicted } = problem;
  const scratch = new Float64Array(judge.size);
  const empty = judge.evaluate(new Float64Array(judge.size), scratch);
  const gapOf = (loss: number): number | null => {
    if (predicted === null) return null;
    const above = loss - predicted.loss;
    if (predicted.loss > ROUNDING * empty) return above / predicted.loss;
    return empty > 0 ? above / empty : 0;
  };

  const trainFrom = (restart: number): TrainedStart => {
    const stream = split(root, restart + 1);
    const start = problem.start(split(stream, 0));
    if (problem.fixed !== null && spec.optimiser === 'lbfgs')
      return minimise(problem.fixed, start, spec.steps);
    const batches = split(stream, 1);
    return descendFrom(spec, start, (step) => {
      if (step % REPORT_EVERY === 0)
        extras.onProgress?.((restart + step / spec.steps) / spec.restarts);
      return problem.fixed ?? problem.batch(batches);
    });
  };

  const runs: TrainingRun[] = [];
  let bestParameters: Float64Array | null = null;
  let bestLoss = Infinity;
  let best = -1;
  for (let restart = 0; restart < spec.restarts; restart++) {
    const end = extras.finished?.get(restart) ?? trainFrom(restart);
    const parameters = Float64Array.from(end.parameters);
    const loss = end.stopped === 'diverged' ? Infinity : judge.evaluate(parameters, scratch);
    const isFinite = Number.isFinite(loss);
    runs.push({
      loss: isFinite ? loss * lossUnit : Infinity,
      steps: end.steps,
      stopped: isFinite ? end.stopped : 'diverged',
      capacity: isFinite
        ? measureCapacity(problem.parts(parameters).embedding).capacity
        : new Float64Array(0),
    });
    if (loss < bestLoss) {
      best = restart;
      bestLoss = loss;
      bestParameters = parameters;
    }
    extras.onStart?.(restart, end);
    extras.onProgress?.((restart + 1) / spec.restarts);
    const gap = best < 0 ? null : gapOf(bestLoss);
    if (spec.stopAtGap !== undefined && gap !== null && gap <= spec.stopAtGap) break;
  }
  if (bestParameters === null) {
    throw new Error(
      `training diverged in every restart, the first at step ${runs[0].steps}; a smaller learning rate may help`,
    );
  }

  const parts = problem.parts(bestParameters);
  const { capacity, squaredNorm } = measureCapacity(parts.embedding);
  return {
    spec,
    ...parts,
    loss: bestLoss * lossUnit,
    optimum: predicted === null ? null : predicted.loss * lossUnit,
    gap: gapOf(bestLoss),
    capacity,
    predictedCapacity: predicted?.capacity ?? null,
    squaredNorm,
    best,
    runs,
  };
}

function minimise(loss: Loss, start: Float64Array, maxIterations: number): TrainedStart {
  const { parameters, iterations, stopped } = lbfgs(loss, start, { maxIterations });
  const why = {
    iterations: 'steps',
    'non-finite': 'diverged',
    gradient: 'converged',
    precision: 'converged',
  } as const;
  return { parameters, steps: iterations, stopped: why[stopped] };
}

function descendFrom(
  spec: TrainingSpec,
  start: Float64Array,
  draw: (step: number) => Loss,
): TrainedStart {
  const { steps, learningRate, schedule } = spec;
  if (spec.optimiser === 'lbfgs') throw new RangeError('optimiser: L-BFGS needs a fixed loss');
  const optimiser = firstOrderDefaults[spec.optimiser];
  const end = descend(draw, start, { optimiser, steps, learningRate, schedule });
  return {
    parameters: end.parameters,
    steps: end.steps,
    stopped: end.failedAt === null ? 'steps' : 'diverged',
  };
}
