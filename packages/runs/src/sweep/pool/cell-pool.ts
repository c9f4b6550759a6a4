import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Cell, CellOutcome } from '../cell.ts';
import type { CellEnd, FromProcess, ToProcess } from './messages.ts';

/** Processes that compute cells, each one cell at a time. A crash of one costs only the cell that it was at. */
export interface CellPool {
  /** Number of processes. */
  readonly workers: number;
  /**
   * Computes cells in one process, as soon as one is free; any number of calls can be open at once.
   *
   * @param cells the cells, in order.
   * @param onEnd called with outcomes as they come, several at once if cells are short.
   * @returns a promise that resolves when every cell has ended; rejects if the pool is closed before.
   */
  readonly compute: (
    cells: readonly Cell[],
    onEnd: (outcomes: readonly CellOutcome[]) => void,
  ) => Promise<void>;
  /** Kills the processes. */
  readonly close: () => Promise<void>;
}

/** Options of {@link openCellPool}. */
export interface CellPoolOptions {
  /** Number of processes (default: all cores). */
  readonly workers?: number | undefined;
  /** Threads that one cell may use (default 1). */
  readonly threads?: number;
  /** Number of further attempts at a cell whose process died (default 2). */
  readonly retries?: number;
  /** Folder against which paths of input files are resolved. */
  readonly folder: string;
  /** Folder for the states of long cells, which exists; null to keep none. */
  readonly unfinished: string | null;
}

/** Milliseconds that a process has to end before it is killed. */
const GRACE = 500;

/** Cells that one process computes, and what is known of them. */
interface Task {
  cells: readonly Cell[];
  /** Number of cells at the start of the list that have ended. */
  ended: number;
  readonly onEnd: (outcomes: readonly CellOutcome[]) => void;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Starts processes that compute cells.
 *
 * @param options number of processes, threads, retries and folders.
 * @returns the pool; close it after use.
 *
 * @example
 * ```js
 * import { openCellPool, planSweep } from 'polysem/sweep';
 * const parameters = { importance: [4, 2, 1], kurtosis: 9, dims: 1 };
 * const plan = planSweep({ compute: 'allocate', parameters });
 * const pool = openCellPool({ workers: 1, folder: '.', unfinished: null });
 * const ids = [];
 * await pool.compute([plan.cell(0)], (outcomes) => ids.push(...outcomes.map(({ id }) => id)));
 * ids[0] === plan.cell(0).id; // true
 * await pool.close();
 * ```
 */
// Long because its functions share the lists of processes and tasks.
export function openCellPool(options: CellPoolOptions): CellPool {
  const { workers = availableParallelism(), retries = 2 } = options;
  const { threads = 1, folder, unfinished } = options;
  const waiting: Task[] = [];
  const busy = new Map<ChildProcess, Task>();
  const idle: ChildProcess[] = [];
  const deaths = new Map<string, number>();
  let isOpen = true;
  let closed: Promise<unknown> | null = null;

  function start(): ChildProcess {
    // Always the compiled file, also in tests, which run the sources but build first. `execArgv` is empty because the flags of
    // this process may be for running TypeScript.
    const child = fork(new URL('../../../dist/sweep/pool/cell-process.js', import.meta.url), {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (message) => receive(child, message as FromProcess));
    child.on('exit', (code, signal) => lose(child, signal ?? `code ${code}`));
    child.on('error', (error) => lose(child, error.message));
    return child;
  }

  function next(): void {
    while (waiting.length > 0) {
      const child = idle.pop() ?? (busy.size < workers ? start() : null);
      const task = child === null ? undefined : waiting.shift();
      if (child === null || task === undefined) return;
      busy.set(child, task);
      const message: ToProcess = { cells: task.cells, context: { folder, threads }, unfinished };
      child.send(message, () => {});
    }
  }

  function receive(child: ChildProcess, { ends }: FromProcess): void {
    const task = busy.get(child);
    if (task === undefined) return;
    task.ended += ends.length;
    task.onEnd(ends.map((end) => outcomeOf(task.cells[end.at], end)));
    if (task.ended < task.cells.length) return;
    busy.delete(child);
    idle.push(child);
    task.resolve();
    next();
  }

  /** A process has died: the cell that it was at is tried again, or has failed; those after it go to another process. */
  function lose(child: ChildProcess, how: string): void {
    const task = busy.get(child);
    busy.delete(child);
    const place = idle.indexOf(child);
    if (place >= 0) idle.splice(place, 1);
    if (task === undefined || !isOpen) return;
    const rest = task.cells.slice(task.ended);
    const [cell] = rest;
    const count = (deaths.get(cell.id) ?? 0) + 1;
    deaths.set(cell.id, count);
    if (count > retries) {
      const message = `its process ended with ${how}, in each of ${count} attempts`;
      task.onEnd([outcomeOf(cell, { at: 0, failure: { message, kind: 'retryable' } })]);
      rest.shift();
    }
    if (rest.length === 0) task.resolve();
    else waiting.unshift({ ...task, cells: rest, ended: 0 });
    next();
  }

  function closeAll(): Promise<unknown> {
    isOpen = false;
    const reason = new Error('the pool is closed');
    for (const { reject } of [...waiting, ...busy.values()]) reject(reason);
    const children = [...busy.keys(), ...idle];
    waiting.length = 0;
    busy.clear();
    idle.length = 0;
    return Promise.all(children.map(endProcess));
  }

  return {
    workers,
    compute: (cells, onEnd) =>
      new Promise((resolve, reject) => {
        if (!isOpen) return reject(new Error('the pool is closed'));
        if (cells.length === 0) return resolve();
        waiting.push({ cells, ended: 0, onEnd, resolve, reject });
        next();
      }),
    close: async () => {
      await (closed ??= closeAll());
    },
  };
}

function outcomeOf({ index, id }: Cell, end: CellEnd): CellOutcome {
  return 'result' in end ? { index, id, result: end.result } : { index, id, failure: end.failure };
}

/** Ends a process: it leaves by itself, or is killed. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
  await ended;
  clearTimeout(timer);
}
