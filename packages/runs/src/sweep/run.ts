import { elapsedTime } from '@polysem/numerics/clock';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';
import type { Cell } from './cell.ts';
import type { CellExecutor } from './executor.ts';
import { keepInGroups } from './keep-in-groups.ts';
import type { SweepPlan } from './plan.ts';
import { planOfManifest } from './plan-of-folder.ts';
import { adoptEarlier } from './store/adopt.ts';
import {
  BEAT,
  PartIsTaken,
  removeDead,
  runningProcesses,
  takeLease,
  type Lease,
} from './store/lease.ts';
import { DONE, FAILED, OPEN, RETRYABLE } from './store/rows.ts';
import { openSweepFolder } from './store/sweep-folder.ts';
import {
  openSweepStore,
  UnreadableRows,
  type Conflict,
  type SweepStore,
} from './store/sweep-store.ts';
import { isTableIntact, writeTable } from './store/table.ts';
import { makeFolder, NO_SPACE } from './store/write-once.ts';

/** Progress of a sweep. */
export interface SweepProgress {
  /** Cells of this process's part: all, those that have ended, and how many of these failed. */
  readonly cells: number;
  readonly ended: number;
  readonly failed: number;
  /** Cells that this process has computed, per second; null before the first. */
  readonly rate: number | null;
}

/** Options of {@link runSweep}. */
export interface SweepRunOptions {
  /** Folder of the results; made if it does not exist. */
  readonly folder: string;
  /** Makes the executor once the folder is known to be good. */
  readonly openExecutor: (unfinished: string) => Promise<CellExecutor> | CellExecutor;
  /** The part to compute: which cells, and a name for it; all by default. */
  readonly part?: { readonly name: string; readonly has: (index: number) => boolean };
  /** True to try permanent failures again too. */
  readonly retryFailed?: boolean;
  /** True to take the folder over from another spec, with the cells that both have. */
  readonly extend?: boolean;
  readonly signal: AbortSignal;
  readonly onNote: (line: string) => void;
  readonly onProgress: (progress: SweepProgress) => void;
}

/** The state of the cells of a sweep after a run. */
export interface SweepSummary {
  readonly cells: number;
  readonly done: number;
  readonly failed: number;
  /** Failures among these that may go away. */
  readonly retryable: number;
  readonly open: number;
  /** Cells that this run computed. */
  readonly computed: number;
  readonly conflicts: readonly Conflict[];
  /** True if every cell has ended and the table is written. */
  readonly isComplete: boolean;
}

/**
 * Runs a sweep: computes the cells that are not done yet, and keeps each in the store. Interrupted at any moment, the same call
 * goes on. When every cell has ended, the rows are joined and the table is written.
 *
 * @param plan the plan.
 * @param options folder, executor and callbacks.
 * @returns the state of the cells.
 * @throws UsageError if the folder cannot be used, or another process computes the same part.
 *
 * @example
 * ```js
 * import { localExecutor, planSweep, runSweep } from 'polysem/sweep';
 * const parameters = { importance: [4, 2, 1], kurtosis: 9 };
 * const axes = [{ parameter: 'dims', values: [1, 2] }];
 * const plan = planSweep({ compute: 'allocate', parameters, axes });
 * const summary = await runSweep(plan, {
 *   folder: 'two.sweep',
 *   openExecutor: (unfinished) => localExecutor(plan, { workers: 1, folder: '.', unfinished }),
 *   signal: new AbortController().signal,
 *   onNote: () => {},
 *   onProgress: () => {},
 * });
 * summary.done; // 2
 * ```
 */
export async function runSweep(plan: SweepPlan, options: SweepRunOptions): Promise<SweepSummary> {
  const { folder, part, onNote } = options;
  openSweepFolder(folder, plan, options.extend ?? false);
  const lease = await takeLease(folder, part?.name ?? 'all', onNote);
  let computed = 0;
  try {
    const store = openSweepStore(folder, plan, onNote);
    adoptEarlier(store, plan, planOfManifest, lease.temporary);
    computed = await computeOpen(plan, store, lease, options);
  } finally {
    lease.release();
    removeDead(folder);
  }
  return finish(plan, options, computed);
}

/** Computes the open cells of a part; returns the number of cells that ended. */
async function computeOpen(
  plan: SweepPlan,
  store: SweepStore,
  lease: Lease,
  options: SweepRunOptions,
): Promise<number> {
  const { folder, part, retryFailed = false, onNote, onProgress } = options;
  const { states } = store;
  const isOpen = (index: number): boolean =>
    (part?.has(index) ?? true) &&
    (states[index] === OPEN ||
      states[index] === RETRYABLE ||
      (retryFailed && states[index] === FAILED));
  const counted = countPart(states, isOpen, part?.has);
  const clock = elapsedTime(() => performance.now());
  const began = clock();
  let [ended, failed] = [0, 0];
  const progress = (): SweepProgress => ({
    cells: counted.cells,
    ended: counted.cells - counted.open + ended,
    failed: counted.failed + failed,
    rate: ended === 0 ? null : (1000 * ended) / (clock() - began),
  });
  onProgress(progress());
  if (counted.open === 0) return 0;

  const unfinished = join(folder, 'unfinished');
  makeFolder(unfinished);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, options.signal]);
  const issued = new Map<number, string>();
  const keeper = keepInGroups(plan, store, lease, {
    issued,
    onKept: (outcomes) => {
      ended += outcomes.length;
      failed += outcomes.filter((outcome) => 'failure' in outcome).length;
      onProgress(progress());
      if (store.conflicts.length > 0) stop.abort();
    },
    onError: () => stop.abort(),
    onNote,
  });
  const executor = await options.openExecutor(unfinished);
  const beat = setInterval(() => {
    const { cells, ended: count, failed: failures, rate } = progress();
    lease.beat({ done: count, left: cells - count, failed: failures, rate });
  }, BEAT);
  try {
    await executor.run(openCells(plan, isOpen, issued), { keep: keeper.keep, onNote, signal });
  } finally {
    clearInterval(beat);
    await executor.close();
    keeper.flush();
  }
  if (keeper.error !== null) throw notKept(folder, keeper.error);
  return ended;
}

/** Makes the open cells, and notes the ids of those that have not ended. */
function* openCells(
  plan: SweepPlan,
  isOpen: (index: number) => boolean,
  issued: Map<number, string>,
): Generator<Cell> {
  for (let index = 0; index < plan.size; index++) {
    if (!isOpen(index)) continue;
    const cell = plan.cell(index);
    issued.set(index, cell.id);
    yield cell;
  }
}

function countPart(
  states: Uint8Array,
  isOpen: (index: number) => boolean,
  has: (index: number) => boolean = () => true,
): { readonly cells: number; readonly open: number; readonly failed: number } {
  let [cells, open, failed] = [0, 0, 0];
  for (const [index, state] of states.entries()) {
    if (!has(index)) continue;
    cells++;
    if (isOpen(index)) open++;
    else if (state === FAILED) failed++;
  }
  return { cells, open, failed };
}

/** Joins rows and writes the table; false if another process, whose part ended at the same time, is doing so. */
async function writeResults(
  plan: SweepPlan,
  store: SweepStore,
  onNote: (line: string) => void,
): Promise<boolean> {
  const { folder } = store;
  let lease: Lease;
  try {
    lease = await takeLease(folder, 'table', onNote);
  } catch (error) {
    if (error instanceof PartIsTaken) return false;
    throw error;
  }
  try {
    const isChanged = store.tidy(lease.temporary);
    if (isChanged || !isTableIntact(folder)) writeTable(store, plan, lease.temporary);
    rmSync(join(folder, 'unfinished'), { recursive: true, force: true });
    return true;
  } finally {
    lease.release();
    removeDead(folder);
  }
}

/** Joins rows and writes the table, if every cell has ended and no other process is at work. */
async function finish(
  plan: SweepPlan,
  { folder, onNote }: SweepRunOptions,
  computed: number,
): Promise<SweepSummary> {
  const store = openSweepStore(folder, plan, onNote);
  const count = (state: number): number =>
    store.states.reduce((n, s) => n + Number(s === state), 0);
  const [open, retryable] = [count(OPEN), count(RETRYABLE)];
  const isAlone = runningProcesses(folder).length === 0;
  const isEnded = open === 0 && store.conflicts.length === 0 && isAlone;
  const isComplete = isEnded && (await writeResults(plan, store, onNote));
  return {
    cells: plan.size,
    done: count(DONE),
    failed: count(FAILED) + retryable,
    retryable,
    open,
    computed,
    conflicts: store.conflicts,
    isComplete,
  };
}

function notKept(folder: string, error: unknown): Error {
  const isExplained = error instanceof UsageError || error instanceof UnreadableRows;
  if (isExplained || !(error instanceof Error)) return error as Error;
  const { code } = error as NodeJS.ErrnoException;
  const why = code === NO_SPACE ? 'no space left on the disk' : error.message;
  return new Error(
    `${folder}: ${why}; every cell that was finished before is kept; then give the same command again`,
  );
}
