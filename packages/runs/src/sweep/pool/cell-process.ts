import { join } from 'node:path';
import { elapsedTime } from '@polysem/numerics/clock';
import { removeJournal } from '../../store/remove-journal.ts';
import type { Cell } from '../cell.ts';
import { runCell } from '../cells/run-cell.ts';
import type { CellEnd, FromProcess, ToProcess } from './messages.ts';

// A process that computes cells. It is started by `openCellPool`, and ends with the process that started it.

/** Milliseconds between two messages: short cells are reported together. */
const REPORT_INTERVAL = 50;

const clock = elapsedTime(() => performance.now());
let reported = clock();
let ends: CellEnd[] = [];

function report(): void {
  if (ends.length === 0) return;
  const message: FromProcess = { ends };
  process.send?.(message, undefined, undefined, (error) => {
    // The parent is gone or has closed the pool.
    if (error !== null) process.exit(0);
  });
  ends = [];
  reported = clock();
}

async function compute(cell: Cell, at: number, message: ToProcess): Promise<CellEnd> {
  const { context, unfinished } = message;
  const journal = unfinished === null ? undefined : join(unfinished, cell.id);
  try {
    const result = await runCell(cell.spec, { ...context, ...(journal && { journal }) });
    removeJournal(journal);
    return { at, result };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { at, failure: { message: text.replaceAll(/\s+/g, ' '), kind: kindOf(error) } };
  }
}

/** Errors of the system, such as a full disk or a file that cannot be opened for now, may go away; those of a computation do not. */
function kindOf(error: unknown): 'permanent' | 'retryable' {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^E[A-Z]+$/.test(code) && code !== 'ENOENT'
    ? 'retryable'
    : 'permanent';
}

async function work(message: ToProcess): Promise<void> {
  for (const [at, cell] of message.cells.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one cell at a time
    ends.push(await compute(cell, at, message));
    if (clock() - reported >= REPORT_INTERVAL) {
      report();
      // Gives the end of the parent a chance to be seen.
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  report();
}

process.on('message', (message: ToProcess) => void work(message));
process.on('disconnect', () => process.exit(0));
// The parent decides: a terminal sends Ctrl-C to every process of the group.
process.on('SIGINT', () => {});
