import type { Report } from './messages.ts';

/** One run of a pool, which routes to it what its workers report. */
export interface PoolRun<T> {
  readonly result: Promise<T>;
  readonly hear: (thread: number, report: Report) => void;
  /** A worker is no more. */
  readonly lose: (thread: number, error: Error) => void;
  /** Ends the run without waiting for any worker. */
  readonly abandon: (error: Error) => void;
}
