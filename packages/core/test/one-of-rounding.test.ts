import { generator } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { activeSetLaw } from '../src/features/active-set-law.ts';
import { sampleCorrelated } from '../src/features/sample-correlated.ts';
import { sum } from './fixtures.ts';

it('has exactly one active feature where densities of a group add up to 1 but for rounding', () => {
  // As sums of float64: below 1, 1, and above 1.
  for (const features of [6, 4, 9, 42, 57]) {
    const density = 1 / features;
    const marginal = { shape: 'rademacher', density, unitVariance: false } as const;
    const correlation = { kind: 'one-of', groups: features } as const;
    const inputs = { kind: 'correlated', marginal, correlation } as const;
    const batch = sampleCorrelated(generator(1), inputs, features, 500);
    // An empty row has a probability of at most 1e-15.
    expect([...batch.rowStarts]).toEqual(Array.from({ length: 501 }, (_, row) => row));
    const { sets, probabilities } = activeSetLaw(inputs, features);
    expect(sum(probabilities)).toBeCloseTo(1, 14);
    expect(sets.filter(({ length }) => length === 1)).toHaveLength(features);
  }
});
