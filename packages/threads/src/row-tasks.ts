import { computeRow, isRowTask, type RowTasks } from '@polysem/engine/phase';
import type { Kernel } from '@polysem/engine/kernels';
import type { WorkerTasks } from './messages.ts';

/** Does one task. @throws RangeError for wrong input, and whatever else goes wrong. */
export type DoTask = <K extends keyof WorkerTasks>(
  name: K,
  input: WorkerTasks[K]['input'],
) => WorkerTasks[K]['answer'];

/** The tasks of a worker that computes rows of phase diagrams, and measures nothing. */
export function rowTasks(kernel: Kernel): DoTask {
  return (name, input) => {
    if (!isRowTask(name)) throw new RangeError(`${name}: this worker computes rows only`);
    const row: keyof RowTasks = name;
    return computeRow(kernel, row, input as RowTasks[typeof row]['input']);
  };
}
