import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen, symmetricEigenvalues } from '../src/index.ts';
import { plainEigen } from '../src/linalg/symmetric-eigen.ts';
import { normal } from '../src/random/distributions.ts';
import { generator, type Generator } from '../src/random/generator.ts';

const EPSILON = Number.EPSILON;

/** H D H for a diagonal D and H a product of `turns` random reflections: dense, with the eigenvalues given. */
function withSpectrum(values: readonly number[], g: Generator, turns = 3): Float64Array {
  const n = values.length;
  const a = new Float64Array(n * n);
  values.forEach((value, i) => {
    a[i * n + i] = value;
  });
  for (let turn = 0; turn < turns; turn++) {
    const v = Float64Array.from({ length: n }, () => normal(g));
    const squares = v.reduce((sum, x) => sum + x * x, 0);
    const product = (i: number): number => {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += a[i * n + j] * v[j];
      return (2 * sum) / squares;
    };
    const w = Float64Array.from(v, (_, i) => product(i));
    const half = w.reduce((sum, x, i) => sum + x * v[i], 0) / squares;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) a[i * n + j] -= v[i] * w[j] + w[i] * v[j] - 2 * half * v[i] * v[j];
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
  return a;
}

function diagonal(values: readonly number[]): Float64Array {
  const n = values.length;
  const a = new Float64Array(n * n);
  values.forEach((value, i) => {
    a[i * n + i] = value;
  });
  return a;
}

function tridiagonal(d: readonly number[], e: readonly number[]): Float64Array {
  const n = d.length;
  const a = diagonal(d);
  e.forEach((value, i) => {
    a[(i + 1) * n + i] = a[i * n + i + 1] = value;
  });
  return a;
}

function largestEntry(a: Float64Array): number {
  return a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** How far vectors are from orthonormal, and A v from lambda v, in n units of rounding (of the largest eigenvalue). */
function defects(a: Float64Array, n: number, result = symmetricEigen(a, n)) {
  const { values, vectors } = result;
  const scale = largestEntry(a) || 1;
  const norm = Math.max(Math.abs(values[0]), Math.abs(values[n - 1])) / scale || 1;
  let orthogonality = 0;
  let residual = 0;
  const image = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const v = vectors.subarray(k * n, (k + 1) * n);
    for (let j = 0; j <= k; j++) {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += v[i] * vectors[j * n + i];
      orthogonality = Math.max(orthogonality, Math.abs(dot - (j === k ? 1 : 0)));
    }
    let squares = 0;
    for (let i = 0; i < n; i++) {
      image[i] = (-values[k] / scale) * v[i];
      for (let j = 0; j < n; j++) image[i] += (a[i * n + j] / scale) * v[j];
      squares += image[i] * image[i];
    }
    residual = Math.max(residual, Math.sqrt(squares) / norm);
  }
  const unit = n * EPSILON;
  return { orthogonality: orthogonality / unit, residual: residual / unit };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const wilkinson = range(21).map((i) => Math.abs(i - 10));

/** Matrices that are hard for one method or another. */
const families: Readonly<Record<string, (n: number, g: Generator) => Float64Array>> = {
  random: (n, g) => withSpectrum(range(n).map(() => normal(g)), g),
  zero: (n) => new Float64Array(n * n),
  identity: (n) => diagonal(range(n).map(() => 1)),
  'a diagonal': (n, g) => diagonal(range(n).map(() => normal(g))),
  'all ones': (n) => new Float64Array(n * n).fill(1),
  'one value but for rounding': (n, g) => withSpectrum(range(n).map(() => 3), g),
  'three values': (n, g) => withSpectrum(range(n).map((i) => i % 3), g),
  'a cluster of 1e-10': (n, g) => withSpectrum(range(n).map(() => 1 + 1e-10 * normal(g)), g),
  'clusters of 1e-15': (n, g) => withSpectrum(range(n).map((i) => (i % 7) + 1e-15 * normal(g)), g),
  'condition 1e12': (n, g) => withSpectrum(range(n).map((i) => 10 ** ((-12 * i) / n)), g),
  'one large value': (n, g) => withSpectrum(range(n).map((i) => (i === 0 ? 1 : 1e-14)), g),
  'graded to nothing': (n, g) => {
    const sizes = range(n).map((i) => 10 ** ((-200 * i) / n));
    return Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return sizes[i] * sizes[j] * (i === j ? 2 + normal(g) : 0.1);
    });
  },
  'rank 5': (n, g) => withSpectrum(range(n).map((i) => (i < 5 ? 5 - i : 0)), g),
  'blocks on the diagonal': (n, g) => {
    const a = withSpectrum(range(n).map(() => normal(g)), g);
    return a.map((x, at) => (Math.floor(Math.floor(at / n) / 7) === Math.floor((at % n) / 7) ? x : 0));
  },
  'second differences': (n) => tridiagonal(range(n).map(() => 2), range(n - 1).map(() => -1)),
  'glued Wilkinson matrices': (n) =>
    tridiagonal(
      range(n).map((i) => wilkinson[i % 21]),
      range(n - 1).map((i) => (i % 21 === 20 ? 1e-9 : 1)),
    ),
  'signs both ways': (n, g) => withSpectrum(range(n).map((i) => (i % 2 === 0 ? 1 : -1)), g),
  'tiny numbers': (n, g) => withSpectrum(range(n).map(() => normal(g)), g).map((x) => 1e-300 * x),
  'huge numbers': (n, g) => withSpectrum(range(n).map(() => normal(g)), g).map((x) => 1e300 * x),
};

describe.each(Object.keys(families))('symmetricEigen of %s', (name) => {
  it.each([1, 2, 3, 5, 48, 49, 63, 64, 65, 97, 130, 211])('n = %i', (n) => {
    const a = families[name](n, generator(n));
    const { orthogonality, residual } = defects(a, n);
    console.log(name, n, orthogonality.toFixed(3), residual.toFixed(3));
    expect(orthogonality).toBeLessThan(5);
    expect(residual).toBeLessThan(5);
  });
});
