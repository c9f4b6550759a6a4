import { stepsOf, type Job, type JobProgress } from './job.ts';
import type { TrainedRestart } from './result.ts';

/** Fields of a value of unknown form. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * True if a value that was read from a file has the form of the progress of a job: arrays of the right sizes, and a step that
 * the job can reach.
 *
 * @param job a job of the same model and settings.
 * @param value the value.
 * @returns true if `continueJob` can continue from it.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { beginJob, isProgressOf, planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const job = planTraining({ model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 }).job(0);
 * isProgressOf(job, beginJob(typescriptKernel, job)); // true
 * isProgressOf(job, {}); // false
 * ```
 */
export function isProgressOf(job: Job, value: unknown): value is JobProgress {
  if (!isFields(value) || !isFields(value.state) || !isFields(value.pending)) return false;
  const { parameters, step, gradient, first, second } = value.state;
  const isState =
    [parameters, ...('stopped' in value.state ? [gradient] : [first, second])].every((list) =>
      isList(list, job.start.length),
    ) && isStep(job, step);
  const { since, sum, spanSum } = value.pending;
  const { ending = null } = value;
  return (
    isState &&
    (ending === null || isEnding(ending)) &&
    Array.isArray(value.history) &&
    value.history.every((entry) => isFields(entry) && isStep(job, entry.step)) &&
    [since, sum, spanSum].every((number) => typeof number === 'number')
  );
}

/**
 * True if a value that was read from a file has the form of a finished restart of a job.
 *
 * @param job a job of the same model and settings.
 * @param value the value.
 * @returns true if it can stand for the restart.
 *
 * @example
 * ```js
 * import { isRestartOf, planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const job = planTraining({ model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 }).job(0);
 * isRestartOf(job, { parameters: [0.5], steps: 1, history: [] }); // false
 * ```
 */
export function isRestartOf(job: Job, value: unknown): value is TrainedRestart {
  if (!isFields(value)) return false;
  const { parameters, steps, stopped, history, loss } = value;
  return (
    isList(parameters, job.start.length) &&
    isStep(job, steps) &&
    ['converged', 'steps', 'diverged'].includes(stopped as string) &&
    Array.isArray(history) &&
    (loss === null || typeof loss === 'number')
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** True if a value has the form of the losses of some held-out batches. */
function isEnding(value: unknown): boolean {
  if (!isFields(value) || !Array.isArray(value.losses)) return false;
  return (
    ['converged', 'steps'].includes(value.stopped as string) &&
    value.losses.every((loss) => typeof loss === 'number')
  );
}

function isList(value: unknown, length: number): boolean {
  const isNumbers =
    value instanceof Float64Array || value instanceof Float32Array || Array.isArray(value);
  return isNumbers && value.length === length;
}

function isStep(job: Job, value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= stepsOf(job);
}
