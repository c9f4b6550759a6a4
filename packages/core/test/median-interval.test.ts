import { expect, it } from 'vitest';
import { medianInterval } from '../src/audit/trend.ts';

/** The largest r with P(fewer than r heads of n coins) <= (1 - confidence) / 2, with confidence in thousandths, in integers. */
function exactRank(n: number, thousandths: number): number {
  let ways = 1n;
  let below = 0n;
  for (let r = 0; ; r++) {
    below += ways;
    if (below * 2000n > BigInt(1000 - thousandths) << BigInt(n)) return r;
    ways = (ways * BigInt(n - r)) / BigInt(r + 1);
  }
}

it.each([500, 900, 950, 999])(
  'an interval of %i per thousand has the exact rank',
  (thousandths) => {
    for (const n of [...Array.from({ length: 80 }, (_, i) => i + 1), 151, 1000, 1001, 2500]) {
      const r = exactRank(n, thousandths);
      const values = Float64Array.from({ length: n }, (_, i) => i);
      const expected = r === 0 ? { low: NaN, high: NaN } : { low: r - 1, high: n - r };
      expect(medianInterval(values.toReversed(), thousandths / 1000)).toEqual(expected);
    }
  },
);
