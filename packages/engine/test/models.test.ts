import { resolveInputs } from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestBias,
  quadraticExactLoss,
  standardMoments,
} from '../src/models/quadratic-exact-loss.ts';
import { generator } from '@polysem/numerics/random';
import {
  moments,
  sampleSparse,
  distributionNames,
  type FeatureDistribution,
  type DistributionName,
} from '@polysem/core/features';
import { quadraticBatchLoss } from '../src/models/quadratic-batch-loss.ts';
import { quadraticSampleLoss, sampleProducts } from '../src/models/quadratic-sample-loss.ts';
import type { QuadraticModel } from '../src/models/toy-model.ts';
import { gaussianEmbedding, gradientError, sum } from '../../core/test/fixtures.ts';

function model(importance: readonly number[], dims: number): QuadraticModel {
  return {
    task: 'computation',
    activation: 'quadratic',
    features: importance.length,
    dims,
    importance,
  };
}

function inputs(
  shape: DistributionName,
  density: number,
  unitVariance = true,
): FeatureDistribution {
  return shape === 'student-t'
    ? { shape, density, unitVariance, degreesOfFreedom: 12 }
    : { shape, density, unitVariance };
}

const anyShape = fc.constantFrom<DistributionName>(...distributionNames);
const anySize = fc.integer({ min: 1, max: 7 }).chain((features) =>
  fc.record({
    importance: fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), {
      minLength: features,
      maxLength: features,
    }),
    dims: fc.integer({ min: 1, max: features }),
    seed: fc.nat(),
  }),
);

describe('quadraticExactLoss', () => {
  it('is equation 12 for mean 0 and variance 1, with one kurtosis per feature', () => {
    fc.assert(
      fc.property(anySize, ({ importance, dims, seed }) => {
        const features = importance.length;
        const w = gaussianEmbedding(dims, features, seed).data as Float64Array;
        const kurtosis = importance.map((_, i) => 1 + i * 2.3);
        let expected = 0;
        for (let i = 0; i < features; i++) {
          for (let j = 0; j < features; j++) {
            const dot = sum(
              Array.from({ length: dims }, (_, d) => w[i * dims + d] * w[j * dims + d]),
            );
            expected += i === j ? (kurtosis[i] - 1) * (dot - importance[i]) ** 2 : 2 * dot * dot;
          }
        }
        const loss = quadraticExactLoss(model(importance, dims), kurtosis.map(standardMoments));
        const value = loss.evaluate(w, new Float64Array(loss.size));
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-10 * (1 + expected));
      }),
      { numRuns: 1000 },
    );
  });

  it('has the gradient of finite differences for every shape, also skewed and with a nonzero mean', () => {
    fc.assert(
      fc.property(
        anySize,
        anyShape,
        fc.boolean(),
        ({ importance, dims, seed }, shape, unitVariance) => {
          const loss = quadraticExactLoss(
            model(importance, dims),
            moments(inputs(shape, 0.37, unitVariance)),
          );
          expect(
            gradientError(
              loss,
              gaussianEmbedding(dims, importance.length, seed).data as Float64Array,
            ),
          ).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(distributionNames)(
    'agrees with sampling for %s inputs within five standard errors',
    (shape) => {
      const importance = [1, 0.5, 2, 0.8];
      const distribution = inputs(shape, 0.4);
      const w = gaussianEmbedding(2, 4, 5).data as Float64Array;
      const exact = quadraticExactLoss(model(importance, 2), moments(distribution));
      const expected = exact.evaluate(w, new Float64Array(8));
      const g = generator(77);
      // Many independent batches give the standard error of their mean without higher moments.
      const values = Array.from({ length: 60 }, () => {
        const loss = quadraticBatchLoss(
          model(importance, 2),
          sampleSparse(g, distribution, 4, 4000),
        );
        return loss.evaluate(w, new Float64Array(8)) * (4000 / 3999);
      });
      const mean = sum(values) / values.length;
      const error = Math.sqrt(
        sum(values.map((x) => (x - mean) ** 2)) / (values.length - 1) / values.length,
      );
      expect(Math.abs(mean - expected)).toBeLessThan(5 * error);
    },
  );

  it('rejects inputs without a fourth moment', () => {
    const heavy = moments({
      shape: 'student-t',
      density: 1,
      unitVariance: true,
      degreesOfFreedom: 3.5,
    });
    expect(() => quadraticExactLoss(model([1], 1), heavy)).toThrow('fourth moment');
    expect(() => quadraticExactLoss(model([1, 1], 1), [standardMoments(3)])).toThrow(
      '1 values for 2 features',
    );
  });
});

describe('the sampled losses', () => {
  it('agree between single rows and the covariance of their products', () => {
    fc.assert(
      fc.property(
        anySize,
        anyShape,
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        ({ importance, dims, seed }, shape, density) => {
          const features = importance.length;
          const toy = model(importance, dims);
          const distribution = inputs(shape, density);
          const rows = 500;
          const batch = quadraticBatchLoss(
            toy,
            sampleSparse(generator(seed), distribution, features, rows),
          );
          const products = quadraticSampleLoss(
            toy,
            sampleProducts(generator(seed), resolveInputs(distribution, features), rows),
          );
          const w = gaussianEmbedding(dims, features, seed).data as Float64Array;
          const [a, b] = [new Float64Array(w.length), new Float64Array(w.length)];
          const [x, y] = [batch.evaluate(w, a), products.evaluate(w, b)];
          expect(Math.abs(x - y)).toBeLessThan(1e-9 * (1 + x));
          const scale = 1 + Math.max(...a.map(Math.abs));
          a.forEach((value, j) => expect(Math.abs(value - b[j])).toBeLessThan(1e-9 * scale));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('have the gradients of finite differences', () => {
    const toy = model([1, 2, 0.5], 2);
    const w = gaussianEmbedding(2, 3, 9).data as Float64Array;
    const batch = sampleSparse(generator(3), inputs('laplace', 0.5), 3, 200);
    expect(gradientError(quadraticBatchLoss(toy, batch), w)).toBeLessThan(1e-6);
    const products = sampleProducts(generator(3), resolveInputs(inputs('laplace', 0.5), 3), 200);
    expect(gradientError(quadraticSampleLoss(toy, products), w)).toBeLessThan(1e-6);
  });

  it('have the right variance for a sample of several chunks', () => {
    const many = sampleProducts(generator(4), resolveInputs(inputs('uniform', 1), 2), 200_000);
    // Var of x^2 at kurtosis 1.8 is 0.8; its standard error from the eighth moment of the uniform, 81/9 = 9.
    expect(Math.abs(many.covariance[0] - 0.8)).toBeLessThan(5 * Math.sqrt(9 / 200_000));
    expect(many.rows).toBe(200_000);
  });
});

describe('bestBias', () => {
  it.each(['uniform', 'uniform-positive'] as const)(
    'equals the mean error of the model without bias (%s)',
    (shape) => {
      const importance = [1, 0.5, 2];
      const w = gaussianEmbedding(2, 3, 6).data as Float64Array;
      const g = generator(8);
      const rows = 200_000;
      const { rowStarts, indices, values } = sampleSparse(g, inputs(shape, 0.6), 3, rows);
      let total = 0;
      let squares = 0;
      for (let row = 0; row < rows; row++) {
        const x = [0, 0, 0];
        for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++) x[indices[at]] = values[at];
        let r = sum(x.map((value, i) => importance[i] * value * value));
        for (let d = 0; d < 2; d++) r -= sum(x.map((value, i) => value * w[i * 2 + d])) ** 2;
        total += r;
        squares += r * r;
      }
      const mean = total / rows;
      const error = Math.sqrt((squares / rows - mean * mean) / rows);
      expect(
        Math.abs(mean - bestBias(model(importance, 2), moments(inputs(shape, 0.6)), w)),
      ).toBeLessThan(5 * error);
    },
  );
});
