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

/** A checked spec with the problem and jobs derived from it. */
export interface TrainingPlan {
  readonly spec: TrainingSpec;
  readonly problem: TrainingProblem;
  /** Makes the job of a restart. Jobs can run in any order, on any thread. */
  readonly job: (restart: number) => Job;
}

/**
 * Checks a spec, once, and plans its training.
 *
 * @param spec the spec.
 * @param extras the data matrix that the spec names, its inputs if they are resolved already, a
 *   sample to train on, and the kernel that evaluates fixed samples.
 * @returns the problem, and one job per restart.
 * @throws RangeError if the spec is malformed or names different data.
 *
 * @example
 * ```js
 * import { planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const plan = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 });
 * plan.problem.predicted?.capacity; // [0.5, 0.5]
 * ```
 */
export function planTraining(spec: TrainingSpec, extras: ProblemExtras = {}): TrainingPlan {
  const inputs = checkTrainingSpec(spec, extras);
  const stream = streamOf(spec, 0);
  const problem =
    inputs.kind === 'rows'
      ? dataProblem(spec, inputs, stream, extras)
      : isQuadraticModel(spec.model)
        ? quadraticProblem(spec, inputs, extras.sample)
        : sampledProblem(spec, inputs, stream);
  // The first job is asked for several times, and drawing the weights of a large model takes a second.
  let first: Job | null = null;
  return {
    spec,
    problem,
    job: (restart) => {
      if (restart > 0) return jobOf(spec, problem, restart);
      return (first ??= jobOf(spec, problem, 0));
    },
  };
}

function jobOf(spec: TrainingSpec, problem: TrainingProblem, restart: number): Job {
  const { batch, optimiser, learningRate, schedule, steps, clip, stopping } = spec;
  const stream = streamOf(spec, restart + 1);
  const common = {
    start: problem.start(childGenerator(stream, 0)),
    record: recordedSteps(spec),
    stopping,
  };
  const { model, inputs, fixed, heldOut } = problem;
  if (optimiser.name === 'lbfgs' || fixed !== null) {
    if (fixed === null) throw new Error('planTraining: L-BFGS without a fixed loss');
    const descent =
      optimiser.name === 'lbfgs' ? null : { optimiser, learningRate, schedule, steps, clip };
    const sample = heldOut?.kind === 'sample' ? heldOut : null;
    return { kind: 'fixed', ...common, loss: fixed, model, steps, descent, heldOut: sample };
  }
  const descent = { optimiser, learningRate, schedule, steps, clip };
  const instance = { model, inputs, batch, ...descent, stream: childGenerator(stream, 1) };
  const batches = heldOut?.kind === 'batches' ? heldOut : null;
  return { kind: 'batches', ...common, instance, heldOut: batches };
}

/**
 * True if the result depends on the kernel: always, except for the quadratic model on a fixed loss.
 *
 * @param spec the spec.
 * @returns false if every kernel gives the same result.
 *
 * @example
 * ```js
 * import { trainingDefaults, usesKernel } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * usesKernel({ model, ...trainingDefaults(model) }); // false
 * usesKernel({ model, ...trainingDefaults(model, 'sampled') }); // true
 * ```
 */
export function usesKernel(spec: TrainingSpec): boolean {
  return (
    (spec.loss === 'sampled' && spec.optimiser.name !== 'lbfgs') || !isQuadraticModel(spec.model)
  );
}
