import { FormatError } from '@polysem/io/bytes';
import type { Place } from './fields.ts';

/** Largest sizes and ranges that a page can show. */
export interface Reach {
  readonly features: number;
  readonly dims: number;
  /** Values along an axis. */
  readonly count: number;
  readonly steps: number;
  readonly batch: number;
  readonly restarts: number;
  /** Ranges from the least to the largest value. */
  readonly importance: readonly [number, number];
  readonly density: readonly [number, number];
  readonly kurtosis: readonly [number, number];
  readonly learningRate: readonly [number, number];
}

/**
 * Refuses a value that is valid, but more than a page can show.
 *
 * @param place the file and the field; `fix` is what to do instead.
 * @param value the value of the field.
 * @param range least and largest value that the page shows.
 * @throws FormatError if the value is outside.
 */
export function within(
  { file, path, fix }: Place,
  value: number,
  [least, most]: readonly [number, number],
): void {
  if (value >= least && value <= most) return;
  throw new FormatError(file, `${path} is ${value}, but the lab shows ${least} to ${most}; ${fix}`);
}
