import { computeRow, isRowTask, type RowTasks } from '@polysem/engine/phase';
import type { Kernel } from '@polysem/engine/kernels';
import { streamWorker, type StreamTasks } from '@polysem/core/streaming';
import type { WorkerTasks } from './messages.ts';

/** Does one task. @throws RangeError for wrong input, and whatever else goes wrong. */
export type DoTask = <K extends keyof WorkerTasks>(
  name: K,
  input: WorkerTasks[K]['input'],
) => WorkerTasks[K]['answer'];

/** The tasks of a worker. A measurement keeps state from task to task; it is made when the first such task comes. */
export function workerTasks(kernel: Kernel): DoTask {
  let measure: ReturnType<typeof streamWorker> | null = null;
  return (name, input) => {
    if (isRowTask(name)) {
      const row: keyof RowTasks = name;
      return computeRow(kernel, row, input as RowTasks[typeof row]['input']);
    }
    measure ??= streamWorker();
    const task = name as keyof StreamTasks;
    return measure(task, input as StreamTasks[typeof task]['input']);
  };
}

/** Frees the memory of a chunk of features at once, where the engine can (Node 22, Chromium 114). */
export function freeChunk(input: unknown): void {
  if (typeof input !== 'object' || input === null || !('block' in input)) return;
  const { buffer } = input.block as Float32Array | Float64Array;
  (buffer as { transfer?: (bytes: number) => unknown }).transfer?.(0);
}

/** The buffers of an answer's arrays. They can be transferred, since nothing else uses them. */
export function buffersOf(answer: unknown): readonly ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const search = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteLength } = value;
      if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) found.add(buffer);
    } else if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) search(part);
    }
  };
  search(answer);
  return [...found];
}
