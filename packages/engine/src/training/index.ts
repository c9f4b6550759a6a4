/**
 * Training: specs, initial weights, jobs, restarts, held-out losses, certificates, many models.
 *
 * @module
 */
export { type Executor, type ExecutorHooks, inlineExecutor, portion } from './executor.ts';
export {
  type Initialisation,
  type InitialisationName,
  initialisations,
  initialParameters,
} from './initialise.ts';
export { beginJob, continueJob, type EarlyStopping, type Job, type JobProgress } from './job.ts';
export { hasJobs, planTraining, type TrainingPlan, usesKernel } from './plan.ts';
export {
  type DivergedTraining,
  divergence,
  type TrainedStart,
  type TrainingResult,
  type TrainingRun,
} from './result.ts';
export { trainMany, trainPlans } from './train-many.ts';
export { train } from './train.ts';
export {
  type Optimiser,
  optimiserNames,
  recordedSteps,
  trainingDefaults,
  type TrainingSpec,
} from './training-spec.ts';
