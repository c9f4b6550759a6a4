import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { elapsedTime } from '@polysem/numerics/clock';
import { removeJournal } from '../../store/remove-journal.ts';
import type { Cell } from '../cell.ts';
import { runCell } from '../cells/run-cell.ts';
import type { CellEnd, FromProcess, ToProcess } from './messages.ts';

// A process that computes cells. It is started by `openCellPool`, and ends with the process that started it.

/** Milliseconds between two messages: short cells are reported together. */
const REPORT_INTERVAL = 50;

/** Milliseconds in which no cell keeps a journal. */
const SHORT = 1000;
/** Digits of the id of a cell, with which the names of its journal begin. */
const ID_LENGTH = 64;

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

/** Cells of a message that have a state on disk from an earlier process. */
type Resumed = ReadonlySet<string>;

function resumedIn({ unfinished }: ToProcess): Resumed {
  if (unfinished === null) return new Set();
  return new Set(readdirSync(unfinished).map((name) => name.slice(0, ID_LENGTH)));
}

async function compute(
  cell: Cell,
  at: number,
  { context, unfinished }: ToProcess,
  resumed: Resumed,
): Promise<CellEnd> {
  const journal = unfinished === null ? undefined : join(unfinished, cell.id);
  const began = clock();
  try {
    const result = await runCell(cell.spec, { ...context, ...(journal && { journal }) });
    // Looking for a journal takes longer than a short cell, which never keeps one.
    if (resumed.has(cell.id) || clock() - began >= SHORT) removeJournal(journal);
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
  const resumed = resumedIn(message);
  for (const [at, cell] of message.cells.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one cell at a time
    ends.push(await compute(cell, at, message, resumed));
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
