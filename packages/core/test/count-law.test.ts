import {
  activeSetLaw,
  countLaw,
  type CorrelatedFeatures,
  type FeatureDistribution,
} from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sum } from './fixtures.ts';

const positive = (density: number): FeatureDistribution => ({
  shape: 'uniform-positive',
  density,
  unitVariance: false,
});

const copula = (
  marginal: CorrelatedFeatures['marginal'],
  loadings: number | readonly number[],
): CorrelatedFeatures => ({
  kind: 'correlated',
  marginal,
  correlation: { kind: 'copula', loadings },
});

describe('the law of counts of active features', () => {
  it('agrees with the law of active sets, where equal features are interchangeable', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 7 }),
        fc.array(fc.constantFrom(0.001, 0.1, 0.4, 1), { minLength: 3, maxLength: 3 }),
        fc.array(fc.constantFrom(-1, -0.6, 0, 0.5, 0.99), { minLength: 3, maxLength: 3 }),
        (kinds, densities, loadings) => {
          const density = Float64Array.from(kinds, (k) => densities[k]);
          const loading = Float64Array.from(kinds, (k) => loadings[k]);
          const law = countLaw(density, loading, 2048)!;
          const { sets, probabilities } = activeSetLaw(
            copula(Array.from(density, positive), Array.from(loading)),
            kinds.length,
          );
          law.counts.forEach((counts, at) => {
            const exact = sum(
              sets.map((set, s) => {
                const own = law.classes.map((one) => one.filter((i) => set.includes(i)).length);
                return own.join() === counts.join() ? probabilities[s] : 0;
              }),
            );
            // Both integrate over the factor with the same quadrature rule, so they differ by
            // rounding only.
            expect(Math.abs(law.probabilities[at] - exact)).toBeLessThan(1e-13);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of many features is a mixture of binomials with the exact mean and variance', () => {
    const [n, p, loading] = [1000, 0.05, 0.3];
    const { counts, probabilities } = countLaw(
      new Float64Array(n).fill(p),
      new Float64Array(n).fill(loading),
      2048,
    )!;
    const mean = sum(counts.map(([k], at) => k * probabilities[at]));
    const square = sum(counts.map(([k], at) => k * k * probabilities[at]));
    expect(mean / (n * p)).toBeCloseTo(1, 11);
    const pair = activeSetLaw(copula(positive(p), loading), 2).probabilities;
    // E k^2 = n p + n (n - 1) P(both of two features are active).
    expect(square / (n * p + n * (n - 1) * pair[pair.length - 1])).toBeCloseTo(1, 11);
  });

  it('is null if there are too many outcomes', () => {
    const loadings = Float64Array.from({ length: 12 }, (_, i) => i / 12);
    expect(countLaw(new Float64Array(12).fill(0.1), loadings, 2 ** 12)?.counts).toHaveLength(4095);
    expect(countLaw(new Float64Array(12).fill(0.1), loadings, 2 ** 12 - 1)).toBeNull();
  });
});

it('the law of active sets lists as many sets as the limit, and no more', () => {
  const inputs = positive(0.5);
  expect(activeSetLaw(inputs, 3, 8).sets).toHaveLength(8);
  expect(() => activeSetLaw(inputs, 3, 7)).toThrow(/^features: 8 sets .* limit of 7;/);
  const oneOf: CorrelatedFeatures = {
    kind: 'correlated',
    marginal: positive(0.2),
    correlation: { kind: 'one-of', groups: 3 },
  };
  expect(activeSetLaw(oneOf, 6, 16).sets).toHaveLength(16);
  expect(() => activeSetLaw(oneOf, 6, 15)).toThrow(/^features: 16 sets /);
});
