import type { RowTasks } from '@polysem/engine/phase';
import type { WorkerTasks } from './messages.ts';
import { sentOnce, type Part } from './sent-once.ts';
import type { Workers } from './workers.ts';

/** Tasks that a worker has at once: one running, and one so that it need not wait for the next. */
const AHEAD = 2;

/** Rows of a phase diagram to compute. */
export interface RowWork<K extends keyof RowTasks> {
  /** Which kind of row to compute. */
  readonly name: K;
  readonly tasks: readonly RowTasks[K]['input'][];
  /** Called with the index of a task and its result as soon as a row is done. */
  readonly onRow?: (task: number, row: RowTasks[K]['answer']) => void;
}

/**
 * Computes rows of a phase diagram on workers. Results do not depend on which worker computed what. The first error, of a
 * row or of `onRow`, ends the work once no worker computes a row any more.
 */
export async function phaseRows<K extends keyof RowTasks>(
  { name, tasks, onRow }: RowWork<K>,
  workers: Workers,
): Promise<RowTasks[K]['answer'][]> {
  const rows: RowTasks[K]['answer'][] = [];
  const { pack } = sentOnce(workers.threads);
  let next = 0;
  let failure: { readonly reason: unknown } | null = null;

  /** Computes one row after the other on a worker, as long as there are any. */
  async function work(worker: number): Promise<void> {
    while (next < tasks.length && failure === null) {
      const index = next++;
      const task = tasks[index];
      const parts: Part[] = [];
      const input = pack(worker, task, partsOf(task), parts) as WorkerTasks[K]['input'];
      try {
        // A worker's next row begins when one before it has ended.
        // oxlint-disable-next-line no-await-in-loop
        rows[index] = await workers.ask(worker, name, input, { parts });
      } catch (error) {
        failure ??= { reason: workers.isOpen() ? rowError(task.row, error) : error };
        return;
      }
      try {
        onRow?.(index, rows[index]);
      } catch (reason) {
        failure ??= { reason };
      }
    }
  }

  const all: Promise<void>[] = [];
  for (let k = 0; k < AHEAD; k++)
    for (let worker = 0; worker < workers.threads; worker++) all.push(work(worker));
  await Promise.all(all);
  if (workers.isOpen()) workers.postAll({ kind: 'forget' });
  if (failure !== null) throw (failure as { readonly reason: unknown }).reason;
  return rows;
}

/** The parts of a task that tasks of one diagram share. */
function partsOf(task: RowTasks[keyof RowTasks]['input']): ReadonlySet<object> {
  const shared: object[] = [task.spec];
  if ('cells' in task) shared.push(...task.cells.flatMap(({ cell }) => [cell, cell.inputs]));
  return new Set(shared);
}

function rowError(row: number, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`row ${row}: ${message}`, { cause });
}
