import { childGenerator } from '@polysem/numerics/random';
import { isQuadraticModel } from '../models/toy-model.ts';
import { checkTrainingSpec } from './check-spec.ts';
import { dataProblem } from './data-problem.ts';
import type { Job } from './job.ts';
import type { ProblemExtras, TrainingProblem } from './problem.ts';
import { quadraticProblem } from './quadratic-problem.ts';
import { sampledProblem } from './sampled-problem.ts';
import { streamOf } from './streams.ts';
import { recordedSteps, type TrainingSpec } from './training-spec.ts';

/** A checked spec and everything that follows from it: the problem, and one job per restart. */
export interface TrainingPlan {
  readonly spec: TrainingSpec;
  readonly problem: TrainingProblem;
  /** Jobs of the restarts, in order; empty for training on a loss that stays the same. */
  readonly jobs: readonly Job[];
}

/**
 * Checks a spec, once, and plans its training.
 *
 * @param spec the spec.
 * @param extras the data matrix that the spec names, and what evaluates fixed samples.
 * @returns the problem, and one job per restart, to be trained in any order and anywhere.
 * @throws RangeError if the spec is malformed, or names other data than are given.
 *
 * @example
 * ```js
 * import { planTraining, trainingDefaults } from '@polysem/engine/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const plan = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 });
 * plan.problem.predicted?.capacity; // [0.5, 0.5]
 * ```
 */
export function planTraining(spec: TrainingSpec, extras: ProblemExtras = {}): TrainingPlan {
  const inputs = checkTrainingSpec(spec, extras.data);
  const stream = streamOf(spec, 0);
  const problem =
    inputs.kind === 'rows'
      ? dataProblem(spec, inputs, stream, extras)
      : isQuadraticModel(spec.model)
        ? quadraticProblem(spec, inputs, extras.sample)
        : sampledProblem(spec, inputs, stream, extras.kernel);
  const restarts = hasJobs(spec) ? spec.restarts : 0;
  const jobs = Array.from({ length: restarts }, (_, restart) => jobOf(spec, problem, restart));
  return { spec, problem, jobs };
}

/** The first parameters of a restart. */
export function startOf(
  spec: TrainingSpec,
  problem: TrainingProblem,
  restart: number,
): Float64Array {
  return problem.start(childGenerator(streamOf(spec, restart + 1), 0));
}

/** The job of a restart with a first-order optimiser. */
export function jobOf(spec: TrainingSpec, problem: TrainingProblem, restart: number): Job {
  const { batch, optimiser, learningRate, schedule, steps, clip, stopping } = spec;
  if (optimiser.name === 'lbfgs') throw new RangeError('optimiser: L-BFGS is not trained by jobs');
  return {
    instance: {
      model: problem.model,
      inputs: problem.inputs,
      batch,
      optimiser,
      learningRate,
      schedule,
      steps,
      clip,
      stream: childGenerator(streamOf(spec, restart + 1), 1),
    },
    start: startOf(spec, problem, restart),
    record: recordedSteps(spec),
    stopping,
    heldOut: problem.heldOut,
  };
}

/** True where training is by jobs: a fresh batch each step. */
export function hasJobs({ loss, optimiser }: TrainingSpec): boolean {
  return loss === 'sampled' && optimiser.name !== 'lbfgs';
}

/** True where a kernel decides the result: always, except for the quadratic model on a loss that stays the same. */
export function usesKernel(spec: TrainingSpec): boolean {
  return hasJobs(spec) || !isQuadraticModel(spec.model);
}
