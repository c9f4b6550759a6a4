import {
  beginJob,
  continueJob,
  type BatchJob,
  type Job,
  type JobProgress,
} from '../src/training/job.ts';
import { trainingDefaults, type TrainingSpec } from '../src/training/training-spec.ts';
import { planTraining } from '../src/training/plan.ts';
import type { Kernel } from '../src/kernels/kernel.ts';
import type { ToyModel } from '../src/models/toy-model.ts';

export const model: ToyModel = {
  task: 'compression',
  activation: 'relu',
  features: 5,
  dims: 2,
  importance: [1, 1, 1, 1, 1],
};
export const inputs = { shape: 'uniform-positive', density: 0.3, unitVariance: false } as const;

export function spec(overrides: Partial<TrainingSpec> = {}): TrainingSpec {
  const defaults = trainingDefaults(overrides.model ?? model, 'sampled');
  return { model, inputs, ...defaults, steps: 60, batch: 33, restarts: 2, seed: 4, ...overrides };
}

export function jobsOf(one: TrainingSpec): Job[] {
  const { job } = planTraining(one);
  return Array.from({ length: one.restarts }, (_, restart) => job(restart));
}

export const firstJob = (one: TrainingSpec): BatchJob => jobsOf(one)[0] as BatchJob;

export function run(kernel: Kernel, job: Job, chunks: () => number = () => Infinity): JobProgress {
  const progress = beginJob(kernel, job);
  while (progress.stopped === null) continueJob(kernel, job, progress, chunks());
  return progress;
}
