import { isRowTask } from '@polysem/engine/phase';
import type { Kernel } from '@polysem/engine/kernels';
import type { DenseKernels } from '@polysem/numerics/dense';
import { streamWorker, type StreamTasks } from '@polysem/core/streaming';
import { rowTasks, type DoTask } from './row-tasks.ts';

/**
 * The tasks of a worker. A measurement keeps state from task to task; it is made when the first such task comes.
 *
 * @param kernel the kernel that trains.
 * @param kernels the kernels that measure; default: those of polysem.
 */
export function workerTasks(kernel: Kernel, kernels?: DenseKernels): DoTask {
  let measure: ReturnType<typeof streamWorker> | null = null;
  const doRow = rowTasks(kernel);
  return (name, input) => {
    if (isRowTask(name)) return doRow(name, input);
    measure ??= streamWorker(kernels);
    const task = name as keyof StreamTasks;
    return measure(task, input as StreamTasks[typeof task]['input']);
  };
}
