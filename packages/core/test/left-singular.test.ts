import { generator } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';

/** U diag(sigma) V^T with random orthogonal U and V, and U^T. */
function withValues(dims: number, features: number, sigma: readonly number[], seed: number) {
  const g = generator(seed);
  const u = randomOrthogonal(g, dims);
  const v = randomOrthogonal(g, features);
  const w = embedding(dims, features);
  sigma.forEach((s, k) => {
    for (let i = 0; i < features; i++)
      for (let d = 0; d < dims; d++)
        w.data[i * dims + d] += s * u[k * dims + d] * v[k * features + i];
  });
  return { w, u };
}

/** Largest error of values, of vectors up to sign, and of their inner products. */
function errorsOf(w: Embedding, u: Float64Array, sigma: readonly number[], unit: number) {
  const { values, vectors } = leftSingular(w);
  const { dims } = w;
  const dot = (a: Float64Array, i: number, b: Float64Array, j: number): number => {
    let sum = 0;
    for (let d = 0; d < dims; d++) sum += a[i * dims + d] * b[j * dims + d];
    return sum;
  };
  let [value, vector, inner] = [0, 0, 0];
  sigma.forEach((s, k) => {
    // The square of a value has the rounding of the largest square, down to 2^-13 of the largest value: then by parts.
    const ratio = Math.min(sigma[0] / s, 2 ** 13);
    value = Math.max(value, Math.abs(values[k] / unit - s) / ratio);
    vector = Math.max(vector, 1 - Math.abs(dot(vectors, k, u, k)));
    for (let j = 0; j <= k; j++)
      inner = Math.max(inner, Math.abs(dot(vectors, k, vectors, j) - (j === k ? 1 : 0)));
  });
  return { value, vector, inner };
}

it.each([
  ['tall', 5, 12, [4, 2, 1, 0.5, 0.1]],
  ['wide', 12, 5, [4, 2, 1, 0.5, 0.1]],
  ['square', 4, 4, [8, 4, 2, 1]],
  ['of few features, by parts', 12, 5, [4, 1, 1e-5, 1e-9, 1e-12]],
  ['of many features, by parts', 5, 12, [4, 1, 1e-5, 1e-9, 1e-12]],
  ['of low rank', 6, 9, [3, 1, 1e-6]],
  ['of low rank with few features', 9, 6, [3, 1, 1e-6]],
  ['of one feature', 7, 1, [3]],
  ['of one dimension', 1, 7, [3]],
])('finds singular values and left vectors of a matrix %s', (_, dims, features, sigma) => {
  for (let seed = 0; seed < 3; seed++) {
    const { w, u } = withValues(dims, features, sigma, seed);
    for (const unit of [1, 2 ** -700, 2 ** 700]) {
      const scaled = embedding(
        dims,
        features,
        w.data.map((x) => x * unit),
      );
      const { rank, tolerance, rankInDoubt, values } = leftSingular(scaled);
      expect([rank, rankInDoubt]).toEqual([sigma.length, false]);
      expect(values).toHaveLength(sigma.length);
      // max(N, D) roundings of the largest, as found.
      expect(tolerance / values[0]).toBeCloseTo(Math.max(dims, features) * 2 ** -52, 25);
      const { value, vector, inner } = errorsOf(scaled, u, sigma, unit);
      // Some roundings of the largest value; vectors turn by the error over the difference of their values: 1 - cos is its square.
      expect(value).toBeLessThan(20 * 2 ** -52 * sigma[0]);
      expect(vector).toBeLessThan(1e-6);
      expect(inner).toBeLessThan(1e-14);
    }
  }
});

it('names a number that is not finite', () => {
  expect(() => leftSingular(embedding(1, 2, Float64Array.of(1, Infinity)))).toThrow(
    /^leftSingular: /,
  );
});

it('has as many vectors as the rank', () => {
  const w = embedding(3, 4, Float64Array.of(1, 2, 3, 2, 4, 6, 0, 0, 0, -1, -2, -3));
  const { rank, values, vectors } = leftSingular(w);
  expect([rank, values.length, vectors.length]).toEqual([1, 1, 3]);
});
