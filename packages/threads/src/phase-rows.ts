import type { RowTask, TrainedRow } from '@polysem/engine/phase';
import { sentOnce, type Part } from './sent-once.ts';
import type { Workers } from './workers.ts';

/** Rows that a worker has at once: one running, and one so that it need not wait for the next. */
const AHEAD = 2;

/**
 * Computes rows of a phase diagram on workers. Results do not depend on which worker computed what. The first error, of a
 * row or of `onRow`, ends the work once no worker computes a row any more.
 */
export async function phaseRows(
  tasks: readonly RowTask[],
  onRow: (task: number, row: TrainedRow) => void,
  workers: Workers,
): Promise<TrainedRow[]> {
  const rows: TrainedRow[] = [];
  const { pack } = sentOnce(workers.threads);
  let next = 0;
  let failure: { readonly reason: unknown } | null = null;

  /** Computes one row after the other on a worker, as long as there are any. */
  async function work(worker: number): Promise<void> {
    while (next < tasks.length && failure === null) {
      const index = next++;
      const task = tasks[index];
      const parts: Part[] = [];
      const input = pack(worker, task, partsOf(task), parts);
      try {
        // A worker's next row begins when one before it has ended.
        // oxlint-disable-next-line no-await-in-loop
        rows[index] = await workers.ask(worker, 'phaseRow', input as RowTask, { parts });
      } catch (error) {
        failure ??= { reason: workers.isOpen() ? rowError(task.row, error) : error };
        return;
      }
      try {
        onRow(index, rows[index]);
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

/** The parts of a task that tasks of one grid share. */
function partsOf({ spec, cells }: RowTask): ReadonlySet<object> {
  return new Set([spec, ...cells.flatMap(({ cell }) => [cell, cell.inputs])]);
}

function rowError(row: number, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`row ${row}: ${message}`, { cause });
}
