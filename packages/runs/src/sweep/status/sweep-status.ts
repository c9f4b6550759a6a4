import { join } from 'node:path';
import { manifestIn, storeOfManifest } from '../store/open-folder.ts';
import { runningProcesses, type RunningState } from '../store/lease.ts';
import { DONE, FAILED, OPEN, RETRYABLE, type Row } from '../store/rows.ts';
import { LARGE, UnreadableRows, type Conflict, type SweepStore } from '../store/sweep-store.ts';
import { isTableIntact, TABLE } from '../store/table.ts';

/** One reason for which cells failed. */
export interface FailureReason {
  readonly message: string;
  readonly kind: 'permanent' | 'retryable';
  /** Number of cells, and the first of them. */
  readonly count: number;
  readonly first: number;
}

/** The state of a sweep. */
export interface SweepStatus {
  readonly name: string;
  readonly cells: number;
  readonly done: number;
  readonly failed: number;
  readonly open: number;
  /** Reasons of failures, the most frequent first. */
  readonly failures: readonly FailureReason[];
  readonly conflicts: readonly Conflict[];
  /** Files of rows that are damaged. */
  readonly damaged: readonly string[];
  readonly running: readonly RunningState[];
  /** Cells per second of all running processes; null if unknown. */
  readonly rate: number | null;
  /** Seconds until the running processes have done their parts; null if unknown. */
  readonly secondsLeft: number | null;
  /** Path of the finished table; null if it is not there or damaged. */
  readonly table: string | null;
}

/**
 * The state of a sweep, read from its folder alone; changes nothing.
 *
 * @param folder the folder.
 * @returns counts of cells, reasons of failures, running processes and time left.
 * @throws UsageError if it is not the folder of a sweep.
 *
 * @example
 * ```js
 * import { sweepStatus } from 'polysem/sweep';
 * sweepStatus('.'); // throws UsageError
 * ```
 */
export function sweepStatus(folder: string): SweepStatus {
  const manifest = manifestIn(folder);
  const store = storeOfManifest(folder, manifest);
  const counts = [0, 0, 0, 0];
  for (const state of store.states) counts[state]++;
  const running = runningProcesses(folder);
  const rates = running.flatMap(({ rate }) => rate ?? []);
  const left = running.flatMap(({ rate, left: cells }) => (rate === null ? [] : cells / rate));
  return {
    name: manifest.name,
    cells: manifest.cells,
    done: counts[DONE],
    failed: counts[FAILED] + counts[RETRYABLE],
    open: counts[OPEN],
    failures: reasons(store),
    conflicts: store.conflicts,
    damaged: store.damaged,
    running,
    rate: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    secondsLeft: left.length === 0 ? null : Math.max(...left),
    table: isTableIntact(folder) ? join(folder, TABLE) : null,
  };
}

/** Reasons of failures; the store lists the files that are damaged. */
function reasons(store: SweepStore): FailureReason[] {
  const { states } = store;
  const found = new Map<string, FailureReason>();
  for (let first = 0; first < states.length; first += LARGE) {
    const part = states.subarray(first, first + LARGE);
    if (!part.includes(FAILED) && !part.includes(RETRYABLE)) continue;
    for (const { index, failure } of undamagedFailures(store, first)) {
      if (failure === null) continue;
      const key = `${failure.kind} ${failure.message}`;
      const before = found.get(key) ?? { ...failure, count: 0, first: index };
      found.set(key, { ...before, count: before.count + 1 });
    }
  }
  return [...found.values()].toSorted((a, b) => b.count - a.count || a.first - b.first);
}

/** Failures of `LARGE` cells; none if a file is damaged. */
function undamagedFailures(store: SweepStore, first: number): Row[] {
  try {
    return store.failures(first, first + LARGE);
  } catch (error) {
    if (error instanceof UnreadableRows && error.isDamaged) return [];
    throw error;
  }
}
