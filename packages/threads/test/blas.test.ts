import { describe, expect, it } from 'vitest';
import { libraryKernels, ownKernels } from '@polysem/numerics/dense';
import { measureStream, gaussianSource } from '@polysem/core/streaming';
import { findBlas } from '../src/blas/find-blas.ts';
import { loadKoffi, type ForeignLibrary } from '../src/blas/load-koffi.ts';
import { spellingOf } from '../src/blas/symbols.ts';
import { openPool } from '../src/node.ts';

/** A library with the given functions, of which those without parameters return a text. */
function libraryWith(functions: Readonly<Record<string, string>>): ForeignLibrary {
  return {
    func: (prototype) => {
      const name = /(\w+)\(/.exec(prototype)?.[1] ?? '';
      if (!(name in functions)) throw new Error(`no function ${name}`);
      return () => functions[name];
    },
  };
}

describe('spellingOf', () => {
  it.each([
    ['system libraries', { cblas_sgemm: '' }, { prefix: '', suffix: '', integer: 'int' }],
    [
      'libraries with 64-bit sizes',
      { cblas_sgemm64_: '' },
      { prefix: '', suffix: '64_', integer: 'int64_t' },
    ],
    [
      'the wheels of scipy',
      { scipy_cblas_sgemm64_: '' },
      { prefix: 'scipy_', suffix: '64_', integer: 'int64_t' },
    ],
    [
      'OpenBLAS with 64-bit sizes and usual names',
      { cblas_sgemm: '', openblas_get_config: 'OpenBLAS 0.3.21 USE64BITINT DYNAMIC_ARCH' },
      { prefix: '', suffix: '', integer: 'int64_t' },
    ],
  ])('knows %s', (_, functions, spelling) => {
    expect(spellingOf(libraryWith(functions as never))).toEqual(spelling);
  });

  it('is null for a library without matrix products', () => {
    expect(spellingOf(libraryWith({ sgemm_: '' }))).toBeNull();
  });
});

describe('findBlas', () => {
  it('finds nothing if BLAS is off', () => {
    expect(findBlas('off')).toBeNull();
  });

  it.skipIf(loadKoffi() === null)('names a library that it cannot use', () => {
    expect(() => findBlas('/no/such/libopenblas.so')).toThrow('/no/such/libopenblas.so: cannot be');
  });
});

/** The library to test with: POLYSEM_BLAS, else the one that the system finds. Needs the optional package koffi. */
const choice = process.env.POLYSEM_BLAS ?? 'auto';
const blas = loadKoffi() === null ? null : findBlas(choice);
const reason = blas === null ? ' (skipped: koffi or a BLAS is not installed)' : ` (${blas.name})`;

describe.skipIf(blas === null)(`BLAS${reason}`, () => {
  const kernels = blas === null ? ownKernels : libraryKernels(blas);
  const source = gaussianSource({ dims: 96, features: 12_000, seed: 3 });
  const sized = async () => (await source.read(0, 300)) as Float32Array;

  it('sums and projects as the own kernels do, within a few roundings of the terms', async () => {
    const w = await sized();
    for (const precision of ['float32', 'float64'] as const) {
      // 300 products per entry, each sum in another order: 2 n u of the sum of magnitudes, here at most sum of squares.
      const unit = 600 * (precision === 'float32' ? 2 ** -24 : 2 ** -53);
      const [got, own] = [kernels, ownKernels].map((by) => {
        const frame = by.frameAccumulator({ dims: 96, from: 32, to: 96, precision });
        frame.add(w, 300);
        return frame.result();
      });
      const norm = Math.max(...Array.from({ length: 64 }, (_, r) => own[r * 96 + 32 + r]));
      own.forEach((value, k) => expect(Math.abs(got[k] - value)).toBeLessThanOrEqual(unit * norm));
    }
  });

  it('decomposes a matrix with residuals and orthogonality of n roundings', async () => {
    const n = 96;
    const frame = ownKernels.frameAccumulator({ dims: n, from: 0, to: n, precision: 'float64' });
    frame.add(await sized(), 300);
    const lower = frame.result();
    const { values, vectors } = kernels.symmetricEigen(lower, n);
    const entry = (i: number, j: number) => lower[Math.max(i, j) * n + Math.min(i, j)];
    // Backward stable: errors of n roundings of the largest eigenvalue, with a factor 10 for LAPACK's constant.
    const bound = 10 * n * Number.EPSILON;
    for (let k = 0; k < n; k++) {
      if (k > 0) expect(values[k]).toBeLessThanOrEqual(values[k - 1]);
      for (let i = 0; i < n; i++) {
        let image = -values[k] * vectors[k * n + i];
        let dot = k === i ? -1 : 0;
        for (let j = 0; j < n; j++) {
          image += entry(i, j) * vectors[k * n + j];
          dot += vectors[k * n + j] * vectors[i * n + j];
        }
        expect(Math.abs(image)).toBeLessThanOrEqual(bound * values[0]);
        expect(Math.abs(dot)).toBeLessThanOrEqual(bound);
      }
    }
  });

  it('measures in threads as the own kernels do, within the errors that both report', async () => {
    const own = await measureStream(source);
    const pool = await openPool({ threads: 2, blas });
    try {
      const found = await measureStream(source, {}, pool);
      for (const what of ['capacity', 'leverage'] as const) {
        const allowed = own.relativeError[what].largest + found.relativeError[what].largest;
        own[what].forEach((value, f) => {
          expect(Math.abs(found[what][f] / value - 1)).toBeLessThanOrEqual(allowed);
        });
      }
      expect(found.rank).toBe(own.rank);
    } finally {
      await pool.close();
    }
  });
});
