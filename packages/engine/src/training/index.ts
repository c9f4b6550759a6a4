/**
 * Training: specs, initial weights, jobs, restarts, held-out losses, certificates, several models
 * at once.
 *
 * @module
 */
export { checkTrainingSpec } from './check-spec.ts';
export { type Executor, type ExecutorHooks, inlineExecutor, roughStepCost } from './executor.ts';
export { type InitialisationName, initialisations } from '../names/initialisations.ts';
export { optimiserNames } from '../names/optimisers.ts';
export { type Initialisation, initialParameters } from './initialise.ts';
export {
  type BatchJob,
  beginJob,
  continueJob,
  type Job,
  type JobProgress,
  lengthOf,
  stepsDone,
  stepsOf,
} from './job.ts';
export type { ProblemExtras, TrainedParts } from './problem.ts';
export { planTraining, type TrainingPlan, usesKernel } from './plan.ts';
export {
  type DivergedTraining,
  divergence,
  type TrainedRestart,
  type TrainingResult,
  type TrainingRun,
} from './result.ts';
export { isProgressOf, isRestartOf } from './kept-progress.ts';
export { trainMany, trainPlans, type TrainPlansExtras } from './train-many.ts';
export { train } from './train.ts';
export {
  type EarlyStopping,
  type Optimiser,
  recordedSteps,
  trainingDefaults,
  type TrainingSpec,
} from './training-spec.ts';
