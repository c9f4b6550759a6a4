import type { SweepTask, SweptRow } from '@polysem/engine/phase';
import type { Order, Report } from './messages.ts';
import type { PoolRun } from './pool-run.ts';

/** Rows at a worker at once: one at work, and one so that it need not wait. */
const AHEAD = 2;

/** Works on rows of a phase diagram by workers; what is handed to which leaves no trace in the results. */
export function sweepRows(
  tasks: readonly SweepTask[],
  threads: number,
  onRow: (task: number, row: SweptRow) => void,
  post: (thread: number, order: Order) => void,
): PoolRun<SweptRow[]> {
  const rows: SweptRow[] = [];
  let next = 0;
  let done = 0;
  let atWork = 0;
  /** Why the run ends before its work is done: the first reason there was. */
  let ending: { readonly reason: unknown } | null = null;
  let resolve: (rows: SweptRow[]) => void;
  let reject: (reason: unknown) => void;
  const result = new Promise<SweptRow[]>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const handOut = (thread: number): void => {
    if (next === tasks.length || ending !== null) return;
    post(thread, { kind: 'sweep', index: next, task: tasks[next] });
    next++;
    atWork++;
  };
  const take = (index: number, row: SweptRow): void => {
    rows[index] = row;
    done++;
    try {
      onRow(index, row);
    } catch (reason) {
      ending ??= { reason };
    }
  };
  for (let k = 0; k < AHEAD; k++) for (let thread = 0; thread < threads; thread++) handOut(thread);

  return {
    result,
    hear: (thread: number, report: Report) => {
      if (report.kind !== 'swept' && report.kind !== 'failed') return;
      atWork--;
      if (report.kind === 'swept') take(report.index, report.row);
      else {
        const { name, message, stack } = report.error;
        const { row } = tasks[report.index];
        const reason = Object.assign(new Error(`row ${row}: ${message}`), { name, stack });
        ending ??= { reason };
      }
      handOut(thread);
      if (done === tasks.length && ending === null) resolve(rows);
      // Only once all have reported, lest the next run hears of rows of this one.
      else if (ending !== null && atWork === 0) reject(ending.reason);
    },
    lose: (_thread, error) => reject(error),
    abandon: (error) => reject(error),
  };
}
