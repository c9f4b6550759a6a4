import type { Generator } from '@polysem/numerics/random';
import { samplingPlan, visitActive } from './active-entries.ts';
import { assembleBatch } from './assemble.ts';
import type { FeatureDistribution } from './distribution.ts';

/**
 * A batch of rows by its active entries (compressed sparse rows): those of row r stand at
 * `rowStarts[r]` up to, not including, `rowStarts[r + 1]`, features ascending.
 */
export interface SparseBatch {
  readonly rows: number;
  /** N, the number of features. */
  readonly features: number;
  /** `rows + 1` numbers, from 0 to the number of active entries. */
  readonly rowStarts: Uint32Array;
  /** The feature of each active entry. */
  readonly indices: Uint32Array;
  /** The value of each active entry. */
  readonly values: Float64Array;
}

/**
 * Draws a batch of N independent features in sparse form: time and memory follow the active entries
 * (and the rows), not rows x N.
 *
 * @param distributions one for all features, or a list of N.
 * @throws RangeError if rows or N is not a positive integer, the list's length is not N, or a
 * distribution is invalid.
 */
export function sampleSparse(
  distributions: FeatureDistribution | readonly FeatureDistribution[],
  features: number,
  rows: number,
  g: Generator,
): SparseBatch {
  if (!Number.isInteger(rows) || rows < 1) {
    throw new RangeError(`sampleSparse: rows must be a positive integer, got ${rows}`);
  }
  const plan = samplingPlan(distributions, features);
  const drawn = { rows: [] as number[], features: [] as number[], values: [] as number[] };
  visitActive(plan, rows, g, (row, feature, value) => {
    drawn.rows.push(row);
    drawn.features.push(feature);
    drawn.values.push(value);
  });
  return assembleBatch(rows, features, drawn);
}
