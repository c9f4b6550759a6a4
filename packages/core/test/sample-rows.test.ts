import { generator } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import type { Correlation } from '../src/features/correlation.ts';
import { sampleInputs } from '../src/features/sample-inputs.ts';

const MATRIX = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0.5)));

it.each<[string, Correlation]>([
  ['together', { kind: 'together', groups: 2 }],
  ['one of a group', { kind: 'one-of', groups: 2 }],
  ['a factor', { kind: 'copula', loadings: 0.6 }],
  ['a matrix', { kind: 'copula', matrix: MATRIX }],
])('draws features in every row alike: %s', (_, correlation) => {
  const marginal = { shape: 'uniform-positive', density: 0.4, unitVariance: false } as const;
  const [rows, features, seeds] = [3, 4, 400];
  const active = new Float64Array(rows * features);
  for (let seed = 0; seed < seeds; seed++) {
    const inputs = { kind: 'correlated', marginal, correlation } as const;
    const { rowStarts, indices } = sampleInputs(generator(seed), inputs, features, rows);
    for (let row = 0; row < rows; row++)
      for (const i of indices.subarray(rowStarts[row], rowStarts[row + 1]))
        active[row * features + i]++;
  }
  // Five standard deviations of a binomial number.
  const spread = 5 * Math.sqrt(0.4 * 0.6 * seeds);
  for (const count of active) expect(Math.abs(count - 0.4 * seeds)).toBeLessThan(spread);
});
