import { quantile } from '@polysem/numerics/elementary';
import { pearson } from '../audit/correlation.ts';
import { capacityRanks } from '../audit/ranks.ts';
import { summarise } from '../capacity/summary.ts';
import type { CapacityChange } from './comparison.ts';
import type { PairIndices } from './pair-features.ts';

/** Probabilities of the quantiles that are listed. */
const PROBABILITIES = [0.05, 0.25, 0.75, 0.95] as const;

/** Compares the capacities of paired features; null if there are no pairs. */
export function capacityChange(
  capacityA: Float64Array,
  capacityB: Float64Array,
  pairs: PairIndices,
): CapacityChange | null {
  if (pairs.a.length === 0) return null;
  const a = Float64Array.from(pairs.a, (i) => capacityA[i]);
  const b = Float64Array.from(pairs.b, (j) => capacityB[j]);
  const difference = b.map((capacity, k) => capacity - a[k]);
  const sorted = difference.toSorted();
  const [first, second, third, fourth] = PROBABILITIES.map((p) => quantile(sorted, p));
  const spearman = pearson(capacityRanks(a), capacityRanks(b));
  return {
    a: summarise(a),
    b: summarise(b),
    difference: {
      ...summarise(difference),
      quantiles: [first, second, third, fourth],
    },
    spearman: Number.isNaN(spearman) ? null : spearman,
  };
}
