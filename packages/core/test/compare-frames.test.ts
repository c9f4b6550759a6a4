import { symmetricEigenvalues } from '@polysem/numerics/linalg';
import { generator, normal } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { compareFrames, leverageError } from '../src/streaming/compare-frames.ts';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';

/** A matrix with random eigenvectors, and its copy with errors in the lower triangle, whose root mean square is returned. */
function withErrors(eigenvalues: readonly number[], seed: number, size: number) {
  const dims = eigenvalues.length;
  const g = generator(seed);
  const q = randomOrthogonal(g, dims);
  const exact = new Float64Array(dims * dims);
  for (let j = 0; j < dims * dims; j++)
    eigenvalues.forEach((lambda, k) => {
      exact[j] += lambda * q[k * dims + Math.floor(j / dims)] * q[k * dims + (j % dims)];
    });
  const coarse = exact.slice();
  const errors: number[] = [];
  for (let r = 0; r < dims; r++)
    for (let c = 0; c < dims; c++) {
      // Only the lower triangle is read.
      const error = c <= r ? size * normal(g) : 1e9;
      coarse[r * dims + c] += error;
      if (c <= r) errors.push(error);
    }
  const rms = Math.sqrt(errors.reduce((sum, x) => sum + x * x, 0) / errors.length);
  return { exact, coarse, rms };
}

it.each([
  ['one', [3]],
  ['two', [4, 1e-2]],
  ['five', [9, 2, 1.5, 0.3, 0.01]],
  ['sixteen', Array.from({ length: 16 }, (_, k) => 2 ** -k)],
])('compares errors with the largest and the smallest eigenvalue: %s', (_, eigenvalues) => {
  const dims = eigenvalues.length;
  for (let seed = 0; seed < 5; seed++) {
    const { exact, coarse, rms } = withErrors(eigenvalues, seed, 1e-6);
    const values = symmetricEigenvalues(exact, dims);
    const found = (goal: number) => compareFrames(coarse, exact.slice(), dims, goal);
    // 30 rounds of the power method, with a second eigenvalue of at most half the first: overlaps of 2^-30 of those at first.
    expect((found(1).error * values[0]) / rms).toBeCloseTo(1, 9);
    // Within a thousandth of the goal that the smallest eigenvalue just meets.
    const limit = leverageError(rms, values[dims - 1]);
    expect(limit).toBeCloseTo((Math.SQRT2 * rms) / values[dims - 1], 14);
    expect(found(limit * 1.001).isFineEnough).toBe(true);
    expect(found(limit * 0.999).isFineEnough).toBe(false);
  }
});

it('finds the largest eigenvalue where its eigenvector is orthogonal to the vector of ones', () => {
  // S = 1 + (e_0 - e_1) (e_0 - e_1)^T has eigenvalue 3 along (1, -1, 0), and 1 otherwise.
  const exact = Float64Array.of(2, 0, 0, -1, 2, 0, 0, 0, 1);
  const coarse = exact.map((x, j) => x + (j === 0 ? 1e-3 : 0));
  const { error } = compareFrames(coarse, exact, 3, 1);
  expect(error / (1e-3 / Math.sqrt(6) / 3)).toBeCloseTo(1, 9);
});

it('claims at least an error of 2^-30, and that of no matrix of zeros is fine', () => {
  const exact = Float64Array.of(2, 0, 0, 2);
  expect(compareFrames(exact, exact.slice(), 2, 1)).toEqual({
    error: 2 ** -30,
    isFineEnough: true,
  });
  const zeros = new Float64Array(4);
  expect(compareFrames(zeros, zeros.slice(), 2, 1)).toEqual({
    error: 2 ** -30,
    isFineEnough: false,
  });
});
