import type { DataSet } from '@polysem/core/features';
import type { Kernel } from '../kernels/kernel.ts';
import type { Executor } from './executor.ts';
import { lengthOf, type Job, type JobProgress } from './job.ts';
import { planTraining, type TrainingPlan } from './plan.ts';
import {
  compareRestarts,
  trainedRestart,
  type DivergedTraining,
  type TrainedRestart,
  type TrainingResult,
} from './result.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * Options of {@link trainPlans}. Restarts are numbered across all specs: those of the first spec,
 * then those of the second, and so on.
 */
export interface TrainPlansExtras {
  /** Restarts that an earlier, interrupted run of the same specs finished. */
  readonly finished?: ReadonlyMap<number, TrainedRestart>;
  /** Progress of the restarts that the earlier run had started but not finished. */
  readonly begun?: ReadonlyMap<number, JobProgress>;
  /** Called after each restart that this run finishes. */
  readonly onRestart?: (restart: number, trained: TrainedRestart) => void;
  /**
   * Called periodically with the progress of an unfinished restart; valid only until the call
   * returns.
   */
  readonly onCheckpoint?: (restart: number, progress: JobProgress) => void;
  /** Called periodically with the fraction done; training waits for a returned promise. */
  readonly onProgress?: (done: number) => void | Promise<void>;
}

/** Options of {@link trainMany}. */
export interface TrainManyExtras extends TrainPlansExtras {
  /** The data matrix that the specs name. */
  readonly data?: DataSet;
  /** The kernel for which jobs are planned; by default the fastest available. */
  readonly kernel?: Kernel;
}

/**
 * Trains several models, each from its own random starts. Results are in the order of the specs and
 * do not depend on the executor. A model whose restarts all diverged does not affect the others.
 *
 * @param specs one spec per model.
 * @param executor trains the jobs.
 * @param extras data, kernel, progress of an earlier run, and callbacks.
 * @returns one result per spec.
 * @throws RangeError if a spec is malformed or names different data.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { inlineExecutor, trainMany, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * const [first, second] = await trainMany([spec, { ...spec, seed: 1 }], inlineExecutor(typescriptKernel));
 * first.loss - second.loss; // 0.000000
 * ```
 */
export async function trainMany(
  specs: readonly TrainingSpec[],
  executor: Executor,
  extras: TrainManyExtras = {},
): Promise<(TrainingResult | DivergedTraining)[]> {
  const { data, kernel } = extras;
  return trainPlans(
    specs.map((spec) => planTraining(spec, { data, kernel })),
    executor,
    extras,
  );
}

/** One restart of a planned model. */
interface Restart {
  readonly plan: number;
  /** Its index among the restarts of the plan, and among those of all plans. */
  readonly restart: number;
  readonly place: number;
}

/**
 * Trains planned models; see {@link trainMany}.
 *
 * @param plans one plan per model.
 * @param executor trains the jobs.
 * @param extras progress of an earlier run, and callbacks.
 * @returns one result per plan.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { inlineExecutor, planTraining, trainPlans, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * const [result] = await trainPlans([planTraining(spec)], inlineExecutor(typescriptKernel));
 * result.runs.length; // 2
 * ```
 */
export async function trainPlans(
  plans: readonly TrainingPlan[],
  executor: Executor,
  extras: TrainPlansExtras = {},
): Promise<(TrainingResult | DivergedTraining)[]> {
  const firsts: number[] = [];
  let count = 0;
  for (const { spec } of plans) {
    firsts.push(count);
    count += spec.restarts;
  }
  const ended = new Map(extras.finished);
  const fractions = Float64Array.from({ length: count }, (_, place) => Number(ended.has(place)));
  const report = (place: number, fraction: number): void | Promise<void> => {
    fractions[place] = fraction;
    return extras.onProgress?.(fractions.reduce((a, b) => a + b, 0) / count);
  };

  const comparisons = plans.map(({ spec, problem }) => compareRestarts(spec, problem));
  const next = plans.map(() => 0);
  const isEnough = plans.map(() => false);
  for (;;) {
    const wave = nextWave();
    if (wave.length === 0) return comparisons.map((comparison) => comparison.result());
    // Earlier restarts decide whether more are needed.
    // oxlint-disable-next-line no-await-in-loop
    await trainRestarts(wave.filter(({ place }) => !ended.has(place)));
    for (const { plan, place } of wave) compare(plan, ended.get(place) as TrainedRestart);
    for (const { place } of wave) fractions[place] = 1;
    // oxlint-disable-next-line no-await-in-loop
    await report(wave[0].place, 1);
  }

  /**
   * All remaining restarts of each plan; if the plan stops at a gap, only as many as can be trained
   * at once.
   */
  function nextWave(): Restart[] {
    return plans.flatMap(({ spec }, plan) => {
      if (isEnough[plan]) return [];
      const atOnce = spec.stopAtGap === undefined ? spec.restarts : (executor.threads ?? 1);
      const from = next[plan];
      next[plan] = Math.min(spec.restarts, from + atOnce);
      return Array.from({ length: next[plan] - from }, (_, i) => {
        return { plan, restart: from + i, place: firsts[plan] + from + i };
      });
    });
  }

  /** Adds a restart to the comparison, unless an earlier one was good enough. */
  function compare(plan: number, trained: TrainedRestart): void {
    if (isEnough[plan] || comparisons[plan].add(trained)) return;
    isEnough[plan] = true;
    const { restarts } = plans[plan].spec;
    fractions.fill(1, firsts[plan], firsts[plan] + restarts);
  }

  async function trainRestarts(open: readonly Restart[]): Promise<void> {
    if (open.length === 0) return;
    const jobs: Job[] = open.map(({ plan, restart }) => plans[plan].job(restart));
    const resume = new Map<number, JobProgress>();
    open.forEach(({ place }, job) => {
      const progress = extras.begun?.get(place);
      if (progress !== undefined) resume.set(job, progress);
    });
    const end = (job: number, progress: JobProgress): void => {
      const { place } = open[job];
      if (ended.has(place)) return;
      const trained = trainedRestart(progress);
      ended.set(place, trained);
      extras.onRestart?.(place, trained);
      fractions[place] = 1;
    };
    const progresses = await executor.run(jobs, {
      resume,
      // A job that converged early may report its last step after its end.
      onSteps: (job, steps) =>
        report(open[job].place, ended.has(open[job].place) ? 1 : steps / lengthOf(jobs[job])),
      onCheckpoint: (job, progress) => {
        if (progress.stopped === null) extras.onCheckpoint?.(open[job].place, progress);
        else end(job, progress);
      },
    });
    progresses.forEach((progress, job) => end(job, progress));
  }
}
