import { availableParallelism } from 'node:os';
import { revision, version } from '@polysem/core/version';
import type { KernelName, ModelActivations } from '@polysem/engine/kernels';
import { computeRow, type RowTasks } from '@polysem/engine/phase';
import { openPool, type RowWork } from '@polysem/threads/node';
import { chooseKernel } from './executor.ts';
import { identity } from './identity.ts';
import { openStore, type RunStore } from './store/run-store.ts';

/** Options of a long run. */
export interface RunOptions {
  /**
   * File for the journal of finished parts; no journal by default. It stays, so that nothing is lost
   * before the result is stored; then call `removeJournal`.
   */
  readonly journal?: string | undefined;
  /** Called with a line for the user: about a journal that is damaged or cannot be written, or about the memory that a run takes. */
  readonly onNote?: ((line: string) => void) | undefined;
  /** Called periodically with the fraction done. */
  readonly onProgress?: (done: number) => void;
}

/** Computes rows of phase diagrams, several at once; must be closed after use. */
export interface RowRunner {
  readonly kernel: KernelName;
  /** Computes rows; results are in the order of the tasks. */
  readonly run: <K extends keyof RowTasks>(work: RowWork<K>) => Promise<RowTasks[K]['answer'][]>;
  readonly close: () => Promise<void>;
}

/** Options of {@link openRowRunner}. */
export interface RowRunnerOptions {
  /** Number of rows computed at once (default: all cores, or one if there is little work). */
  readonly threads?: number;
  /** Rough number of multiplications of all rows; unlimited if unknown. */
  readonly work?: number;
  /** The kernel (default: the fastest that can train the models). */
  readonly kernel?: KernelName | 'auto';
  /** The models of the rows, of which only task and activations count. */
  readonly models?: readonly ModelActivations[];
}

/** Number of multiplications that take twice as long as starting workers. */
const WORTH_WORKERS: number = 2 ** 31;

/**
 * Opens a pool of workers for rows of phase diagrams, or uses this thread alone. Results do not
 * depend on the number of threads.
 *
 * @param options threads, kernel and models.
 * @returns the runner.
 * @throws RangeError if this machine cannot run the kernel, or the kernel cannot train a model.
 *
 * @example
 * ```js
 * import { openRowRunner } from 'polysem/runs';
 * const runner = await openRowRunner({ threads: 1, kernel: 'typescript' });
 * await runner.close();
 * runner.kernel; // 'typescript'
 * ```
 */
export async function openRowRunner(options: RowRunnerOptions = {}): Promise<RowRunner> {
  const { work = Infinity, models } = options;
  const { threads = work < WORTH_WORKERS ? 1 : availableParallelism() } = options;
  const kernel = chooseKernel(options.kernel ?? 'auto', models);
  if (threads > 1) {
    const pool = await openPool({ threads, kernel: kernel.name });
    return { kernel: kernel.name, run: pool.computeRows, close: pool.close };
  }
  return {
    kernel: kernel.name,
    run: async ({ name, tasks, onRow }) => {
      const rows: RowTasks[typeof name]['answer'][] = [];
      for (const [index, task] of tasks.entries()) {
        rows.push(computeRow(kernel, name, task));
        onRow?.(index, rows[index]);
        // Gives interrupts a chance: computing a row does not yield to the event loop.
        // oxlint-disable-next-line no-await-in-loop
        await new Promise((resolve) => setImmediate(resolve));
      }
      return rows;
    },
    close: async () => {},
  };
}

/** Rows to compute, each of which is a part of a run. */
export interface RunRows<K extends keyof RowTasks> extends Omit<RowWork<K>, 'onRow'> {
  /** Name of the part that a task is. */
  readonly partOf: (task: RowTasks[K]['input'], index: number) => string;
}

/**
 * Computes rows, except those that the store has already, and keeps each as soon as it is done.
 *
 * @returns the rows in the order of the tasks.
 */
export async function runRows<K extends keyof RowTasks>(
  { name, tasks, partOf }: RunRows<K>,
  runner: RowRunner,
  { store, onProgress }: { store: RunStore | null; onProgress: (done: number) => void },
): Promise<RowTasks[K]['answer'][]> {
  const parts = tasks.map(partOf);
  const rows = parts.map(
    (part, index) =>
      store?.finished(part, (value) => isRowOf(tasks[index], value)) as
        | RowTasks[K]['answer']
        | undefined,
  );
  const open = rows.flatMap((row, index) => (row === undefined ? [index] : []));
  let done = tasks.length - open.length;
  onProgress(done / tasks.length);
  await runner.run({
    name,
    tasks: open.map((index) => tasks[index]),
    onRow: (at, row) => {
      rows[open[at]] = row;
      store?.finish(parts[open[at]], row);
      done++;
      onProgress(done / tasks.length);
    },
  });
  return rows as RowTasks[K]['answer'][];
}

/** True if a value that was read from a file belongs to the row of a task. */
function isRowOf({ row }: { readonly row: number }, value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'row' in value && value.row === row;
}

/**
 * Opens the store of a run, if it has a journal.
 *
 * @param options path of the journal, and callback for notes.
 * @param decides everything that decides the result, apart from the version.
 */
export function storeOf(
  { journal, onNote }: Pick<RunOptions, 'journal' | 'onNote'>,
  decides: object,
): RunStore | null {
  return journal === undefined
    ? null
    : openStore(journal, identity({ version, revision, ...decides }), onNote);
}
