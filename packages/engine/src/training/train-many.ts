import type { DataSet } from '@polysem/core/features';
import type { Kernel } from '../kernels/kernel.ts';
import type { Executor } from './executor.ts';
import type { Job, JobProgress } from './job.ts';
import { planTraining, type TrainingPlan } from './plan.ts';
import {
  trainedStart,
  trainingResult,
  type DivergedTraining,
  type TrainedStart,
  type TrainingResult,
} from './result.ts';
import { trainPlanned } from './train.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * What {@link trainMany} may be handed to go on with, and whom it tells how it comes on. Starts are counted through all
 * specs: those of the first, those of the second, ...
 */
export interface TrainManyExtras {
  /** The data matrix that the specs name. */
  readonly data?: DataSet;
  /** What evaluates fixed samples; the fastest that this engine can run if absent. Executors have their own kernel. */
  readonly kernel?: Kernel;
  /** Starts that an earlier, interrupted run of the same specs finished. */
  readonly finished?: ReadonlyMap<number, TrainedStart>;
  /** How far unfinished starts of an earlier run had come. */
  readonly begun?: ReadonlyMap<number, JobProgress>;
  /** Called after each start that was not finished earlier. */
  readonly onStart?: (start: number, trained: TrainedStart) => void;
  /** Called now and then with how far an unfinished start has come; only good until the call returns. */
  readonly onCheckpoint?: (start: number, progress: JobProgress) => void;
  /** Called now and then with the fraction done; what it returns is awaited. */
  readonly onProgress?: (done: number) => void | Promise<void>;
}

/**
 * Trains many models, each from its own random starts. Results are in the order of the specs, and the same whatever the
 * executor's way of working; one whose restarts all diverged does not keep the others from theirs.
 *
 * @throws RangeError if a spec is malformed or names other data than are given.
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

/** Trains planned models; see {@link trainMany}. */
export async function trainPlans(
  plans: readonly TrainingPlan[],
  executor: Executor,
  extras: Omit<TrainManyExtras, 'data'> = {},
): Promise<(TrainingResult | DivergedTraining)[]> {
  const firsts: number[] = [];
  let count = 0;
  for (const { spec } of plans) {
    firsts.push(count);
    count += spec.restarts;
  }
  const ended = new Map(extras.finished);
  const fractions = Float64Array.from({ length: count }, (_, start) => Number(ended.has(start)));
  const report = (start: number, fraction: number): void | Promise<void> => {
    fractions[start] = fraction;
    return extras.onProgress?.(fractions.reduce((a, b) => a + b, 0) / count);
  };

  const places: number[] = [];
  const jobs: Job[] = [];
  plans.forEach((plan, i) => {
    plan.jobs.forEach((job, restart) => {
      if (ended.has(firsts[i] + restart)) return;
      places.push(firsts[i] + restart);
      jobs.push(job);
    });
  });
  const resume = new Map<number, JobProgress>();
  places.forEach((start, at) => {
    const progress = extras.begun?.get(start);
    if (progress !== undefined) resume.set(at, progress);
  });
  const end = (job: number, progress: JobProgress): void => {
    if (ended.has(places[job])) return;
    const start = trainedStart(progress);
    ended.set(places[job], start);
    extras.onStart?.(places[job], start);
  };
  const progresses = await executor.run(jobs, {
    resume,
    onSteps: (job, steps) => report(places[job], steps / jobs[job].instance.steps),
    onCheckpoint: (job, progress) => {
      if (progress.stopped === null) extras.onCheckpoint?.(places[job], progress);
      else end(job, progress);
    },
  });
  progresses.forEach((progress, job) => end(job, progress));

  return plans.map((plan, i) => {
    const { spec } = plan;
    const first = firsts[i];
    if (plan.jobs.length > 0) {
      const starts = Array.from(
        { length: spec.restarts },
        (_, restart) => ended.get(first + restart) as TrainedStart,
      );
      return trainingResult(plan, starts);
    }
    const finished = new Map<number, TrainedStart>();
    for (let restart = 0; restart < spec.restarts; restart++) {
      const start = ended.get(first + restart);
      if (start !== undefined) finished.set(restart, start);
    }
    return trainPlanned(plan, {
      ...(extras.kernel !== undefined && { kernel: extras.kernel }),
      finished,
      onStart: (restart, start) => {
        if (!finished.has(restart)) extras.onStart?.(first + restart, start);
      },
      onProgress: (done) => void extras.onProgress?.((first + done * spec.restarts) / count),
    });
  });
}
