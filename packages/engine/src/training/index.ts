/**
 * Training: specs, initial weights, jobs, restarts, held-out losses, certificates, many models.
 *
 * @module
 */
export { checkTrainingSpec } from './check-spec.ts';
export { type Executor, type ExecutorHooks, inlineExecutor, portion } from './executor.ts';
export {
  type Initialisation,
  type InitialisationName,
  initialisations,
  initialParameters,
} from './initialise.ts';
export { beginJob, continueJob, type EarlyStopping, type Job, type JobProgress } from './job.ts';
export { hasJobs, usesKernel } from './jobs.ts';
export {
  type DivergedTraining,
  divergence,
  type TrainedStart,
  type TrainingResult,
  type TrainingRun,
} from './result.ts';
export { trainMany } from './train-many.ts';
export { train } from './train.ts';
export {
  type Optimiser,
  optimiserNames,
  recordedSteps,
  trainingDefaults,
  type TrainingSpec,
} from './training-spec.ts';
