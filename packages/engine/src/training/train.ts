import { lbfgs } from '../descent/lbfgs.ts';
import type { DataSet } from '@polysem/core/features';
import { fastestKernel } from '../kernels/fastest-kernel.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import { portion } from './executor.ts';
import { fixedLossKernel } from './fixed-loss-kernel.ts';
import { beginJob, continueJob } from './job.ts';
import { jobOf, planTraining, startOf, type TrainingPlan } from './plan.ts';
import {
  divergence,
  compareRestarts,
  trainedStart,
  type DivergedTraining,
  type TrainedStart,
  type TrainingResult,
} from './result.ts';
import type { TrainingSpec } from './training-spec.ts';

/** What {@link train} may be handed beside its spec. */
export interface TrainingExtras {
  /** What trains on batches; the fastest that this engine can run if absent. */
  readonly kernel?: Kernel;
  /** The data matrix that the spec names. */
  readonly data?: DataSet;
  /** The fixed sample of L-BFGS, drawn elsewhere and shared by several runs; else drawn from the seed. */
  readonly sample?: ProductCovariance;
  /** Starts that an earlier, interrupted run of the same spec finished. */
  readonly finished?: ReadonlyMap<number, TrainedStart>;
  /** Called after each start, finished earlier or now. */
  readonly onStart?: (start: number, trained: TrainedStart) => void;
  /** Called now and then with the fraction done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Trains a toy model from R random starts, one after the other, and judges every run by the same loss. `trainMany` does
 * many models at once.
 *
 * @throws RangeError if the spec is malformed or the data are not those it names; Error if every restart diverged.
 */
export function train(spec: TrainingSpec, extras: TrainingExtras = {}): TrainingResult {
  const result = trainPlanned(planTraining(spec, extras), extras);
  if (result.best === null) throw new Error(divergence(result));
  return result;
}

/** Trains a planned model; restarts that all diverged are a result too. */
export function trainPlanned(
  { spec, problem }: TrainingPlan,
  extras: TrainingExtras = {},
): TrainingResult | DivergedTraining {
  const fixed = problem.fixed?.() ?? null;
  const kernel = fixed === null ? (extras.kernel ?? fastestKernel()) : fixedLossKernel(fixed);

  const trainFrom = (restart: number): TrainedStart => {
    if (fixed !== null && spec.optimiser.name === 'lbfgs')
      return minimise(fixed, startOf(spec, problem, restart), spec.steps, problem.rounding);
    const job = jobOf(spec, problem, restart);
    const progress = beginJob(kernel, job);
    while (progress.stopped === null) {
      continueJob(kernel, job, progress, portion(job.instance));
      extras.onProgress?.((restart + progress.state.step / spec.steps) / spec.restarts);
    }
    return trainedStart(progress);
  };

  const comparison = compareRestarts(spec, problem);
  for (let restart = 0; restart < spec.restarts; restart++) {
    const end = extras.finished?.get(restart) ?? trainFrom(restart);
    const isEnough = !comparison.add(end);
    extras.onStart?.(restart, end);
    extras.onProgress?.((restart + 1) / spec.restarts);
    if (isEnough) break;
  }
  return comparison.result();
}

/** A slope smaller than the first by this factor is none in float32. */
const FLOAT32_SLOPE = 1e-6;

function minimise(
  loss: Loss,
  start: Float64Array,
  maxIterations: number,
  rounding: number,
): TrainedStart {
  const { parameters, iterations, stopped } = lbfgs(loss, start, {
    maxIterations,
    rounding,
    ...(rounding > 0 && { gradientTolerance: FLOAT32_SLOPE }),
  });
  const why = {
    iterations: 'steps',
    'non-finite': 'diverged',
    gradient: 'converged',
    precision: 'converged',
  } as const;
  return {
    parameters,
    steps: iterations,
    stopped: why[stopped],
    cause: stopped === 'non-finite' ? 'loss' : null,
    loss: null,
    history: [],
  };
}
