import { ownKernels, type DenseKernels } from '@polysem/numerics/dense';
import { streamWorker } from './stream-worker.ts';
import type { StreamTasks } from './tasks.ts';

/**
 * The workers of a measurement, at least one. Each keeps its own state and performs its tasks in
 * the order in which they are requested.
 */
export interface StreamWorkers {
  /** Number of workers. */
  readonly threads: number;
  /**
   * Asks a worker to perform a task. Rejects with the error of the task.
   *
   * @param worker index of the worker.
   * @param task name of the task.
   * @param input input of the task.
   * @param transfer buffers of the input that the caller gives up, so that they need not be
   *   copied.
   * @returns the answer of the task.
   */
  readonly ask: <K extends keyof StreamTasks>(
    worker: number,
    task: K,
    input: StreamTasks[K]['input'],
    transfer?: readonly ArrayBuffer[],
  ) => Promise<StreamTasks[K]['answer']>;
  /**
   * Replaces all workers by new ones with empty memory; no task may be in progress. Needed because
   * WebAssembly memory cannot shrink, and the garbage collector does not know its size.
   */
  readonly renew: () => Promise<void>;
}

/**
 * Uses this thread as the only worker. Nothing is copied: transferred buffers stay readable, but
 * must not be changed.
 *
 * @param kernels the kernels for large products; default: those of polysem.
 * @returns the worker.
 *
 * @example
 * ```js
 * import { inlineWorker } from 'polysem/streaming';
 * const matrix = Float64Array.of(2, 0, 0, 1);
 * const { values } = await inlineWorker().ask(0, 'eigen', { matrix, dims: 2 });
 * Array.from(values); // [2, 1]
 * ```
 */
export function inlineWorker(kernels: DenseKernels = ownKernels): StreamWorkers {
  let work = streamWorker(kernels);
  return {
    threads: 1,
    ask: async (_worker, task, input) => work(task, input),
    renew: async () => {
      work = streamWorker(kernels);
    },
  };
}

/**
 * The buffer of an array, as a list to transfer; empty if the array is only a part of it, or if it
 * is shared.
 *
 * @param numbers the array.
 * @returns the buffer, or an empty list.
 */
export function transferable(numbers: Float32Array | Float64Array): readonly ArrayBuffer[] {
  const { buffer, byteLength } = numbers;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

/** Ends a stage of a measurement: workers drop its state, and their next stage reuses its memory. */
export async function endStage(workers: StreamWorkers): Promise<void> {
  await onEveryWorker(workers, (worker) => workers.ask(worker, 'rest', null));
}

/** Dimensions from which a basis takes so much memory (8 MiB) that workers are replaced to free it. */
const LARGE = 1024;

/** Ends a stage whose kernels cannot hand on their memory. */
export async function endLargeStage(workers: StreamWorkers, dims: number): Promise<void> {
  if (dims >= LARGE) await workers.renew();
  else await endStage(workers);
}

/** Calls a function for every worker and waits for all of them. */
export async function onEveryWorker(
  { threads }: StreamWorkers,
  action: (worker: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(Array.from({ length: threads }, (_, worker) => action(worker)));
}
