/** The mean of values that were measured repeatedly. */
export interface Mean {
  readonly mean: number;
  /** Standard error of the mean; null for fewer than two values. */
  readonly error: number | null;
  /** Standard deviation; null for fewer than two values. */
  readonly deviation: number | null;
  /** The values, all finite. */
  readonly each: readonly number[];
  /** Number of values that are NaN or infinite, which are left out. */
  readonly leftOut: number;
}

/**
 * The mean of the finite ones of some values.
 *
 * @param values the values.
 * @returns the mean, NaN if no value is finite, with its standard error.
 */
export function meanOf(values: readonly number[]): Mean {
  const each = values.filter(Number.isFinite);
  const n = each.length;
  const leftOut = values.length - n;
  const mean = each.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, error: null, deviation: null, each, leftOut };
  const squares = each.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  return { mean, error: deviation / Math.sqrt(n), deviation, each, leftOut };
}
