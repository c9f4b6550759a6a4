import type { Cell, CellOutcome } from './cell.ts';

/** Callbacks of an executor. */
export interface ExecutorHooks {
  /**
   * Keeps outcomes; resolves when they are safe on disk. Only then may an executor forget a cell. Outcomes of cells that have
   * ended before are allowed: an engine may deliver twice.
   */
  readonly keep: (outcomes: readonly CellOutcome[]) => Promise<void>;
  /** Called with a line for the user. */
  readonly onNote: (line: string) => void;
  /** Aborted when the user stops the sweep: the executor ends within a second, and outcomes at hand are still kept. */
  readonly signal: AbortSignal;
}

/** Computes cells: in processes of this machine, or through a queue. */
export interface CellExecutor {
  /** Number of cells computed at once; null if unknown. */
  readonly workers: number | null;
  /**
   * Computes cells, which are taken from the iterable as they are needed. Resolves when each has ended or the signal is
   * aborted; rejects if the executor itself fails, such as when a server cannot be reached.
   */
  readonly run: (cells: Iterable<Cell>, hooks: ExecutorHooks) => Promise<void>;
  readonly close: () => Promise<void>;
}
