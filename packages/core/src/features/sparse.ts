import type { Generator } from '../random/generator.ts';
import { samplingPlan, visitActive } from './active-entries.ts';
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
  const drawnRows: number[] = [];
  const drawnFeatures: number[] = [];
  const drawnValues: number[] = [];
  visitActive(plan, rows, g, (row, feature, value) => {
    drawnRows.push(row);
    drawnFeatures.push(feature);
    drawnValues.push(value);
  });
  const rowStarts = new Uint32Array(rows + 1);
  for (const row of drawnRows) rowStarts[row + 1]++;
  for (let row = 0; row < rows; row++) rowStarts[row + 1] += rowStarts[row];
  if (plan.groups.length > 1) {
    // Features of different densities are drawn one group after the other.
    const order = drawnRows.map((_, entry) => entry);
    order.sort((a, b) => drawnRows[a] - drawnRows[b] || drawnFeatures[a] - drawnFeatures[b]);
    return {
      rows,
      features,
      rowStarts,
      indices: Uint32Array.from(order, (entry) => drawnFeatures[entry]),
      values: Float64Array.from(order, (entry) => drawnValues[entry]),
    };
  }
  return {
    rows,
    features,
    rowStarts,
    indices: Uint32Array.from(drawnFeatures),
    values: Float64Array.from(drawnValues),
  };
}
