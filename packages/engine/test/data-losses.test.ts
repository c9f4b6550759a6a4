import { resolveInputs } from '@polysem/core/features';
import { describe, expect, it } from 'vitest';
import { batchOf, sampleFeatures } from '@polysem/core/features';
import { exactProducts } from '../src/models/exact-products.ts';
import { generator } from '@polysem/numerics/random';
import { productAccumulator, productsOf } from '../src/models/product-covariance.ts';
import { productIndex, quadraticSampleLoss } from '../src/models/quadratic-sample-loss.ts';
import { quadraticBatchLoss } from '../src/models/quadratic-batch-loss.ts';
import { quadraticFactorLoss } from '../src/models/quadratic-factor-loss.ts';
import { quadraticGroupedLoss } from '../src/models/quadratic-grouped-loss.ts';
import { quadraticPairLoss } from '../src/models/quadratic-pair-loss.ts';
import {
  model,
  distribution,
  correlated,
  difference,
  disagreement,
  sameValues,
} from './correlated-cases.ts';

describe('the loss on given data', () => {
  const rows = 500;
  const matrix = new Float64Array(rows * 4);
  sampleFeatures(generator(5), distribution('laplace', 0.6), 4, matrix);

  it('equals that of its rows, whole or in chunks', () => {
    const batch = batchOf(matrix, rows, 4);
    const chunks = [0, 100, 350].map((from, at) => {
      const to = [100, 350, rows][at];
      return batchOf(matrix.slice(from * 4, to * 4), to - from, 4);
    });
    const whole = productsOf(batch);
    expect(whole.rows).toBe(rows);
    expect(productsOf(chunks)).toEqual(whole);
    const byRows = quadraticBatchLoss(model(4, 2), batch);
    expect(disagreement(byRows, quadraticSampleLoss(model(4, 2), whole), 4, 2, 8)).toBeLessThan(
      1e-12,
    );
  });

  it('counts weighted rows by their weight', () => {
    const batch = batchOf(Float64Array.of(1, 2, 0, 3), 2, 2);
    const weighted = { ...batch, weights: Float64Array.of(0.25, 0.5), emptyWeight: 0.25 };
    const same = batchOf(Float64Array.of(1, 2, 0, 3, 0, 3, 0, 0), 4, 2);
    expect(difference(productsOf(weighted).covariance, productsOf(same).covariance)).toBeLessThan(
      1e-15,
    );
  });

  it('stores products in the order of productIndex', () => {
    const { covariance } = productsOf(batchOf(Float64Array.of(1, 2, 3, -4), 2, 2));
    const at = productIndex(0, 1);
    expect(covariance[at * 3 + at]).toBe(((2 + 12) / 2) ** 2);
  });

  it('rejects numbers that are not finite, sizes that do not match, and empty data', () => {
    expect(() => batchOf(Float64Array.of(1, NaN), 1, 2)).toThrow('matrix: row 0, feature 1 is NaN');
    expect(() => batchOf(Float64Array.of(1, 2, 3), 2, 2)).toThrow('are 4 numbers, got 3');
    expect(() => batchOf(Float64Array.of(1), 0, 1)).toThrow('rows: must be a positive integer');
    expect(() => productsOf([])).toThrow('there are none');
    expect(() => productAccumulator(2).covariance()).toThrow('hold no rows');
    expect(() => productAccumulator(3).add(batchOf(Float64Array.of(1, 2), 1, 2))).toThrow(
      'has 2 features, not 3',
    );
  });

  it('rejects features without a fourth moment', () => {
    const heavy = {
      shape: 'student-t',
      density: 0.5,
      unitVariance: true,
      degreesOfFreedom: 3,
    } as const;
    expect(() => exactProducts(resolveInputs(heavy, 2))).toThrow('must be above 4');
  });

  it('rejects a correlation that the chosen loss does not cover', () => {
    const marginal = distribution('uniform', 0.1);
    const loadings = { kind: 'copula', loadings: sameValues(2, 0.5) } as const;
    expect(() =>
      quadraticGroupedLoss(model(2, 1), resolveInputs(correlated(marginal, loadings), 2)),
    ).toThrow('a copula has no groups');
    expect(() => quadraticFactorLoss(model(2, 1), resolveInputs(marginal, 2))).toThrow(
      'has no loadings',
    );
    expect(() =>
      quadraticPairLoss(model(2, 1), resolveInputs(distribution('uniform-positive', 0.1), 2)),
    ).toThrow('not symmetric');
  });
});
