import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { symmetricEigen, type SymmetricEigen } from '../src/linalg/symmetric-eigen.ts';
import { symmetricEigenvalues } from '../src/linalg/symmetric-eigenvalues.ts';
import { blockedEigen } from '../src/linalg/eigen/blocked-eigen.ts';
import { plainEigen } from '../src/linalg/eigen/plain-eigen.ts';
import { normal } from '../src/random/distributions.ts';
import { generator, type Generator } from '../src/random/generator.ts';

const EPSILON = Number.EPSILON;

/**
 * Error bound in units of n roundings. Each of n reflections is orthogonal and is applied to within a few roundings, 3 n at
 * worst in total. Roots of the secular equation may add n, and deflation 4 for each of log n merges.
 */
const BOUND = 5;

/** Digest for the integer matrix below with n = 100, in Node 20 and 24. */
const DIGEST = '0bf39f65a9d2a7923e7a880f91c86cf0e0db6225519b696818932125a98c238f';

/** A dense matrix with given eigenvalues: H D H with H a product of `turns` random reflections. */
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
      for (let j = 0; j < n; j++)
        a[i * n + j] -= v[i] * w[j] + w[i] * v[j] - 2 * half * v[i] * v[j];
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

/** Deviations of vectors from orthonormal and of A v from lambda v, in units of n roundings (of the largest eigenvalue). */
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

/** Matrices that are difficult for some algorithms. */
const families: Readonly<Record<string, (n: number, g: Generator) => Float64Array>> = {
  random: (n, g) =>
    withSpectrum(
      range(n).map(() => normal(g)),
      g,
    ),
  zero: (n) => new Float64Array(n * n),
  identity: (n) => diagonal(range(n).map(() => 1)),
  'a diagonal': (n, g) => diagonal(range(n).map(() => normal(g))),
  'all ones': (n) => new Float64Array(n * n).fill(1),
  'one value but for rounding': (n, g) =>
    withSpectrum(
      range(n).map(() => 3),
      g,
    ),
  'three values': (n, g) =>
    withSpectrum(
      range(n).map((i) => i % 3),
      g,
    ),
  'a cluster of 1e-10': (n, g) =>
    withSpectrum(
      range(n).map(() => 1 + 1e-10 * normal(g)),
      g,
    ),
  'clusters of 1e-15': (n, g) =>
    withSpectrum(
      range(n).map((i) => (i % 7) + 1e-15 * normal(g)),
      g,
    ),
  'condition 1e12': (n, g) =>
    withSpectrum(
      range(n).map((i) => 10 ** ((-12 * i) / n)),
      g,
    ),
  'one large value': (n, g) =>
    withSpectrum(
      range(n).map((i) => (i === 0 ? 1 : 1e-14)),
      g,
    ),
  'graded down to 0': (n, g) => {
    const sizes = range(n).map((i) => 10 ** ((-200 * i) / n));
    return Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return sizes[i] * sizes[j] * (i === j ? 2 + normal(g) : 0.1);
    });
  },
  'rank 5': (n, g) =>
    withSpectrum(
      range(n).map((i) => (i < 5 ? 5 - i : 0)),
      g,
    ),
  'blocks on the diagonal': (n, g) => {
    const a = withSpectrum(
      range(n).map(() => normal(g)),
      g,
    );
    return a.map((x, at) =>
      Math.floor(Math.floor(at / n) / 7) === Math.floor((at % n) / 7) ? x : 0,
    );
  },
  'second differences': (n) =>
    tridiagonal(
      range(n).map(() => 2),
      range(n - 1).map(() => -1),
    ),
  'glued Wilkinson matrices': (n) =>
    tridiagonal(
      range(n).map((i) => wilkinson[i % 21]),
      range(n - 1).map((i) => (i % 21 === 20 ? 1e-9 : 1)),
    ),
  'both signs': (n, g) =>
    withSpectrum(
      range(n).map((i) => (i % 2 === 0 ? 1 : -1)),
      g,
    ),
  'tiny numbers': (n, g) =>
    withSpectrum(
      range(n).map(() => normal(g)),
      g,
    ).map((x) => 1e-300 * x),
  'huge numbers': (n, g) =>
    withSpectrum(
      range(n).map(() => normal(g)),
      g,
    ).map((x) => 1e300 * x),
};

describe.each(Object.keys(families))('symmetricEigen of %s', (name) => {
  it.each([1, 2, 3, 5, 48, 49, 63, 64, 65, 97, 130, 211])('n = %i', (n) => {
    const a = families[name](n, generator(n));
    const { orthogonality, residual } = defects(a, n);
    expect(orthogonality).toBeLessThan(BOUND);
    expect(residual).toBeLessThan(BOUND);
  });
});

/** The algorithm that `symmetricEigen` uses for a large matrix. */
function blocked(a: Float64Array, n: number, isWide: boolean): SymmetricEigen {
  const fill = (numbers: Float64Array, at: number, step: number): void => {
    for (let i = 0; i < n; i++) numbers.set(a.subarray(i * n, i * n + i + 1), at + i * step);
  };
  const result = blockedEigen(n, fill, () => {}, isWide);
  if (result === null) throw new Error('no WebAssembly');
  return result;
}

/** A matrix of integers from a linear congruential generator. */
function integers(n: number): Float64Array {
  let state = 1;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      state = (state * 48271) % 2147483647;
      a[i * n + j] = a[j * n + i] = (state % 2001) - 1000;
    }
  }
  return a;
}

function digest({ values, vectors }: SymmetricEigen): string {
  return createHash('sha256').update(values).update(vectors).digest('hex');
}

describe('symmetricEigen of larger matrices', () => {
  it('meets its error bounds and agrees with the plain algorithm for any size and spectrum', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 }),
        fc.constantFrom(...Object.keys(families)),
        fc.nat(),
        (n, name, seed) => {
          const a = families[name](n, generator(seed));
          const result = symmetricEigen(a, n);
          const { orthogonality, residual } = defects(a, n, result);
          expect(orthogonality).toBeLessThan(BOUND);
          expect(residual).toBeLessThan(BOUND);
          // Weyl: eigenvalues of two matrices differ by at most their distance, n times the residual of one.
          const scale = largestEntry(a) || 1;
          const scaled = a.map((x) => x / scale);
          const plain = plainEigen(scaled, n, 1).values;
          const alone = symmetricEigenvalues(a, n);
          const near = 2 * BOUND * n * EPSILON * Math.max(plain[0], -plain[n - 1]);
          plain.forEach((value, k) => {
            expect(Math.abs(value - result.values[k] / scale)).toBeLessThanOrEqual(near);
            expect(Math.abs(value - alone[k] / scale)).toBeLessThanOrEqual(near);
          });
        },
      ),
      // A root between which two models of the secular equation alternate forever.
      { numRuns: 100, examples: [[150, 'random', 189692411]] },
    );
  });

  it.each([517])('splits long sums and batches: n = %i', (n) => {
    const a = families.random(n, generator(n));
    const { orthogonality, residual } = defects(a, n);
    expect(orthogonality).toBeLessThan(BOUND);
    expect(residual).toBeLessThan(BOUND);
  });

  it('finds the integer eigenvalues of Clement’s matrix', () => {
    // Taussky & Todd, Linear Algebra Appl. 150 (1991): off-diagonal sqrt(i (n - i)), eigenvalues n - 1, n - 3, .., 1 - n.
    const n = 201;
    const a = tridiagonal(
      range(n).map(() => 0),
      range(n - 1).map((i) => Math.sqrt((i + 1) * (n - 1 - i))),
    );
    const { values } = symmetricEigen(a, n);
    values.forEach((value, k) => {
      expect(Math.abs(value - (n - 1 - 2 * k))).toBeLessThan(BOUND * n * EPSILON * n);
    });
  });

  it('gives the same bytes with and without wide vectors, in every engine', () => {
    for (const n of [64, 100, 203]) {
      const a = integers(n);
      expect(digest(blocked(a, n, true))).toBe(digest(blocked(a, n, false)));
    }
    expect(digest(symmetricEigen(integers(100), 100))).toBe(DIGEST);
  });

  it('does not depend on earlier computations', () => {
    const [a, b] = [integers(90), families.random(120, generator(5))];
    const first = digest(symmetricEigen(a, 90));
    symmetricEigen(b, 120);
    expect(digest(symmetricEigen(a, 90))).toBe(first);
  });

  it('reads only the lower triangle', () => {
    const n = 70;
    const a = integers(n);
    const lower = a.map((x, at) => (at % n > Math.floor(at / n) ? NaN : x));
    expect(digest(symmetricEigen(lower, n))).toBe(digest(symmetricEigen(a, n)));
    expect(symmetricEigenvalues(lower, n)).toEqual(symmetricEigenvalues(a, n));
  });

  it('reports progress that rises to 1', () => {
    for (const decompose of [symmetricEigen, symmetricEigenvalues]) {
      const told: number[] = [];
      decompose(integers(200), 200, { onProgress: (fraction) => told.push(fraction) });
      expect(told.length).toBeGreaterThan(5);
      expect(told).toEqual(told.toSorted((x, y) => x - y));
      expect(told[0]).toBeGreaterThan(0);
      expect(told.at(-1)).toBe(1);
    }
  });

  it('uses the plain algorithm without WebAssembly', () => {
    const n = 80;
    const a = integers(n);
    vi.stubGlobal('WebAssembly', undefined);
    const [result, values] = [symmetricEigen(a, n), symmetricEigenvalues(a, n)];
    vi.unstubAllGlobals();
    expect(result).toEqual(plainEigen(a, n, 1));
    expect(values).toEqual(result.values);
  });

  it('rejects wrong sizes and numbers that are not finite', () => {
    const a = integers(60);
    a[60 * 7 + 3] = Infinity;
    for (const decompose of [symmetricEigen, symmetricEigenvalues]) {
      expect(() => decompose(a, 60)).toThrow(/entry \(7, 3\) is Infinity/);
      expect(() => decompose(a, 61)).toThrow(RangeError);
    }
  });
});
