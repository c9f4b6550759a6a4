import type { DataSet, Inputs } from '@polysem/core/features';
import { fastestKernel } from '../kernels/fastest-kernel.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import { stepsPerTurn } from './executor.ts';
import { beginJob, continueJob, lengthOf, stepsDone, type Job } from './job.ts';
import { planTraining } from './plan.ts';
import {
  compareRestarts,
  divergence,
  trainedRestart,
  type TrainedRestart,
  type TrainingResult,
} from './result.ts';
import type { TrainingSpec } from './training-spec.ts';

/** Options of {@link train}. */
export interface TrainingExtras {
  /** The kernel that trains; by default the fastest available. */
  readonly kernel?: Kernel;
  /** The data matrix that the spec names. */
  readonly data?: DataSet;
  /** The inputs of the spec if they are resolved already; otherwise they are checked and resolved. */
  readonly inputs?: Inputs;
  /** A fixed sample for L-BFGS, shared by several runs; by default it is drawn from the seed. */
  readonly sample?: ProductCovariance;
  /** Called periodically with the fraction done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Trains a toy model from R random starts, one after the other, and compares all by the same loss.
 * `trainMany` trains several models at once.
 *
 * @param spec the model, its inputs and the settings.
 * @param extras kernel, data, resolved inputs, sample and a progress callback.
 * @returns the best restart, with a summary of the others.
 * @throws RangeError if the spec is malformed or names different data; Error if every restart
 *   diverged.
 *
 * @example
 * ```js
 * import { train, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * const { capacity } = train(spec);
 * capacity[0] + capacity[1]; // 1.000000
 * ```
 */
export function train(spec: TrainingSpec, extras: TrainingExtras = {}): TrainingResult {
  const { kernel = fastestKernel([spec.model]), onProgress } = extras;
  const plan = planTraining(spec, { ...extras, kernel });
  const comparison = compareRestarts(spec, plan.problem);
  for (let restart = 0; restart < spec.restarts; restart++) {
    const report = (done: number): void => onProgress?.((restart + done) / spec.restarts);
    const isEnough = !comparison.add(trainJob(kernel, plan.job(restart), report));
    report(1);
    if (isEnough) break;
  }
  const result = comparison.result();
  if (result.best === null) throw new Error(divergence(result));
  return result;
}

function trainJob(kernel: Kernel, job: Job, report: (done: number) => void): TrainedRestart {
  const progress = beginJob(kernel, job);
  const length = lengthOf(job);
  while (progress.stopped === null) {
    continueJob(kernel, job, progress, stepsPerTurn(job));
    report(stepsDone(progress) / length);
  }
  return trainedRestart(progress);
}
