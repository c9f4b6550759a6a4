import { expect, it } from 'vitest';
import { capacityChange } from '../src/compare/capacity-change.ts';

it('lists the differences at 5, 25, 75 and 95 % of the pairs', () => {
  // Differences 0, 0.01, .., 1: the fraction p of them lies below p.
  const features = Int32Array.from({ length: 101 }, (_, i) => i);
  const change = capacityChange(
    new Float64Array(101),
    Float64Array.from(features, (i) => ((i * 37) % 101) / 100),
    { a: features, b: features },
  );
  const quantiles = change?.difference.quantiles ?? [];
  expect(quantiles).toHaveLength(4);
  [0.05, 0.25, 0.75, 0.95].forEach((p, k) => expect(quantiles[k]).toBeCloseTo(p, 12));
});
