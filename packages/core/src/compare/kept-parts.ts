import type { ResumableSearch } from '../streaming/pair-pass.ts';
import type { StreamOptions } from '../streaming/stream-measurement.ts';

/**
 * The parts of a comparison that can take long: sums over pairs that are given, the measurements of A and B, and the
 * matching.
 */
export type ComparisonPart = 'frame' | 'a' | 'b' | 'pairs';

/**
 * Keeps the parts of a comparison, so that an interrupted one goes on. Values are plain data with typed arrays. Everything
 * that decides the result must be the same when they are read back.
 */
export interface ComparisonKeeper {
  /** The value of a finished part; undefined for a part that is not finished. */
  readonly finished: (part: ComparisonPart) => unknown;
  readonly finish: (part: ComparisonPart, value: object) => void;
  /** Options with which the measurement of a dictionary goes on, and keeps its state. */
  readonly measuring: (
    part: 'a' | 'b',
  ) => Pick<StreamOptions, 'spectrum' | 'begun' | 'onSpectrum' | 'isStateDue' | 'onState'>;
  /** Options with which the search for mutual neighbours goes on, and keeps its state. */
  readonly matching: () => Pick<ResumableSearch, 'begun' | 'isStateDue' | 'onState'>;
}

/** A part that was finished before, or that is computed and kept now. */
export async function keptPart<T extends object>(
  keeper: ComparisonKeeper | undefined,
  part: ComparisonPart,
  compute: () => Promise<T>,
): Promise<T> {
  const finished = keeper?.finished(part);
  if (finished !== undefined) return finished as T;
  const value = await compute();
  keeper?.finish(part, value);
  return value;
}
