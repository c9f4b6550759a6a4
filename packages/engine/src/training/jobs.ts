import type { DataSet } from '@polysem/core/features';
import { isQuadraticModel } from '../models/toy-model.ts';
import { generator, childGenerator, type Generator } from '@polysem/numerics/random';
import { checkTrainingSpec } from './check-spec.ts';
import type { Job } from './job.ts';
import { trainingProblem, type TrainingProblem } from './problem.ts';
import {
  judgeStarts,
  type DivergedTraining,
  type TrainedStart,
  type TrainingResult,
} from './result.ts';
import { recordedSteps, type TrainingSpec } from './training-spec.ts';

/**
 * The stream of a place in a spec's tree of randomness: what all restarts share is child 0, restart r child r + 1, of
 * child `instance` of the seed. So results do not depend on the order of work.
 */
function streamOf({ seed, instance = 0 }: TrainingSpec, place: number): Generator {
  return childGenerator(childGenerator(generator(seed), instance), place);
}

/** The stream of what all restarts share. */
export function sharedStream(spec: TrainingSpec): Generator {
  return streamOf(spec, 0);
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

/** True where a kernel decides the result: all but the quadratic model on a loss that stays the same. */
export function usesKernel(spec: TrainingSpec): boolean {
  return hasJobs(spec) || !isQuadraticModel(spec.model);
}

/**
 * What is to be done for a spec that trains on fresh batches: one job a restart, in any order, anywhere.
 *
 * @param data the data matrix that the spec names.
 * @throws RangeError if the spec is malformed, names other data, or trains on a loss that stays the same (`train` does).
 */
export function trainingJobs(spec: TrainingSpec, data?: DataSet): Job[] {
  checkTrainingSpec(spec);
  if (!hasJobs(spec)) {
    throw new RangeError('loss: only training on fresh batches has jobs; use train for the others');
  }
  const problem = trainingProblem(spec, sharedStream(spec), { data });
  return Array.from({ length: spec.restarts }, (_, restart) => jobOf(spec, problem, restart));
}

/**
 * The result of a spec from what its jobs ended with (`trainedStart`), in their order.
 *
 * @param data the data matrix that the spec names.
 * @throws RangeError if the spec is malformed or names other data.
 */
export function trainingResult(
  spec: TrainingSpec,
  starts: readonly TrainedStart[],
  data?: DataSet,
): TrainingResult | DivergedTraining {
  checkTrainingSpec(spec);
  const judge = judgeStarts(spec, trainingProblem(spec, sharedStream(spec), { data }));
  for (const start of starts) if (!judge.add(start)) break;
  return judge.result();
}
