import { resolveInputs } from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactProducts } from '../src/models/exact-products.ts';
import { moments, distributionNames, type Correlation } from '@polysem/core/features';
import { quadraticCorrelatedLoss } from '../src/models/quadratic-correlated-loss.ts';
import { quadraticExactLoss } from '../src/models/quadratic-exact-loss.ts';
import { quadraticGroupedLoss } from '../src/models/quadratic-grouped-loss.ts';
import { quadraticSampleLoss } from '../src/models/quadratic-sample-loss.ts';
import {
  model,
  distribution,
  correlated,
  difference,
  disagreement,
  anyShape,
  constantCorrelation,
} from './correlated-cases.ts';

describe('exactProducts of independent features', () => {
  it('gives the exact loss for every shape and density', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        anyShape,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.nat(),
        (features, shape, density, seed) => {
          const dims = 1 + (seed % features);
          const inputs = distribution(shape, density);
          const exact = quadraticExactLoss(model(features, dims), moments(inputs));
          for (const other of [
            quadraticSampleLoss(
              model(features, dims),
              exactProducts(resolveInputs(inputs, features)),
            ),
            quadraticGroupedLoss(model(features, dims), resolveInputs(inputs, features)),
          ]) {
            expect(disagreement(exact, other, features, dims, seed)).toBeLessThan(1e-12);
          }
        },
      ),
    );
  });

  it('gives the exact loss for features that differ', () => {
    const inputs = distributionNames.map((shape, i) => distribution(shape, (i + 1) / 10));
    const features = inputs.length;
    const exact = quadraticExactLoss(model(features, 3), inputs.map(moments));
    const products = quadraticSampleLoss(
      model(features, 3),
      exactProducts(resolveInputs(inputs, features)),
    );
    expect(disagreement(exact, products, features, 3, 4)).toBeLessThan(1e-12);
    const grouped = quadraticCorrelatedLoss(model(features, 3), resolveInputs(inputs, features));
    expect(disagreement(exact, grouped, features, 3, 4)).toBeLessThan(1e-12);
  });

  it.each<[string, Correlation]>([
    ['together in groups of one', { kind: 'together', groups: 1 }],
    ['together without groups', { kind: 'together', groups: [] }],
    ['one-of, in groups of one', { kind: 'one-of', groups: 1 }],
    ['a loading of 0', { kind: 'copula', loadings: 0 }],
    ['the unit matrix', { kind: 'copula', matrix: constantCorrelation(5, 0) }],
  ])('equals the result of %s', (_, correlation) => {
    const marginal = distribution('uniform-positive', 0.2);
    const independent = exactProducts(resolveInputs(marginal, 5)).covariance;
    const found = exactProducts(resolveInputs(correlated(marginal, correlation), 5)).covariance;
    expect(difference(independent, found)).toBeLessThan(1e-14);
  });
});

describe('exactProducts of correlated features', () => {
  it('converges to together as a loading approaches 1', () => {
    const marginal = distribution('uniform-positive', 0.13);
    const together = exactProducts(
      resolveInputs(correlated(marginal, { kind: 'together', groups: 4 }), 4),
    );
    const distance = (loadings: number): number =>
      difference(
        together.covariance,
        exactProducts(resolveInputs(correlated(marginal, { kind: 'copula', loadings }), 4))
          .covariance,
      );
    expect(distance(1)).toBeLessThan(1e-12);
    expect(distance(1 - 1e-12)).toBeLessThan(1e-4);
    expect(distance(1 - 1e-6)).toBeLessThan(distance(1 - 1e-3));
    expect(distance(1 - 1e-3)).toBeLessThan(distance(0.9));
    expect(distance(1)).toBeLessThan(distance(1 - 1e-12));
  });

  it.each([0.02, 0.3, 0.62, 0.9, 0.999])(
    'is the same for a one-factor copula and its matrix: loading %d and all signs',
    (size) => {
      const loadings = [size, -size, size * 0.8, size, 0.3];
      const matrix = loadings.map((a, i) => loadings.map((b, j) => (i === j ? 1 : a * b)));
      const marginal = [0.02, 0.1, 0.5, 0.02, 0.3].map((p) => distribution('uniform-positive', p));
      const factor = exactProducts(
        resolveInputs(correlated(marginal, { kind: 'copula', loadings }), 5),
      );
      const full = exactProducts(
        resolveInputs(correlated(marginal, { kind: 'copula', matrix }), 5),
      );
      expect(difference(factor.covariance, full.covariance)).toBeLessThan(1e-11);
    },
  );

  it('accepts a singular matrix: perfectly correlated pairs are together', () => {
    const matrix = [
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ];
    const marginal = distribution('uniform-positive', 0.1);
    const full = exactProducts(resolveInputs(correlated(marginal, { kind: 'copula', matrix }), 4));
    const together = exactProducts(
      resolveInputs(correlated(marginal, { kind: 'together', groups: 2 }), 4),
    );
    expect(difference(together.covariance, full.covariance)).toBeLessThan(1e-9);
  });
});
