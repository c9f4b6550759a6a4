import { embedding, embeddingSource, type Embedding } from '@polysem/core/embedding';
import {
  blocksOfEigenvectors,
  fromEfficientForm,
  type EfficientForm,
} from '@polysem/core/geometry';
import { generator, normal } from '@polysem/numerics/random';
import type { TensorFile } from '@polysem/io';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findGeometry, isLarge } from '../src/geometry/index.ts';

afterEach(() => vi.unstubAllGlobals());

/** Records the largest number of entries of any Float64Array that is made by its constructor. */
function recordLargest(): () => number {
  let largest = 0;
  const counted = new Proxy(Float64Array, {
    construct: (target, args: [], newTarget) => {
      const made = Reflect.construct(target, args, newTarget) as Float64Array;
      largest = Math.max(largest, made.length);
      return made;
    },
  });
  vi.stubGlobal('Float64Array', counted);
  return () => largest;
}

/** Pairs of opposite vectors, orthogonal to all others, in random directions of a large space. */
function antipodalPairs(pairs: number, dims: number): Embedding {
  const g = generator(3);
  const w = embedding(dims, 2 * pairs);
  for (let pair = 0; pair < pairs; pair++) {
    // Each pair has its own axes, so that pairs are orthogonal.
    for (let d = pair; d < dims; d += pairs) {
      w.data[2 * pair * dims + d] = normal(g);
      w.data[(2 * pair + 1) * dims + d] = -w.data[2 * pair * dims + d];
    }
  }
  return w;
}

async function geometryOf(w: Embedding) {
  const { dims, features, data } = w;
  const tensor = { name: 'W', dtype: 'F64', shape: [features, dims], data };
  const file = { read: async () => tensor } as unknown as TensorFile;
  const choice = { tensor: 'W', axis: 'rows', label: 'W', notes: [] } as const;
  const opened = { file, path: 'w.npy', choice, source: embeddingSource(w) };
  const hooks = { onProgress: () => {}, onNote: () => {} };
  return findGeometry(opened, {}, { threads: 1 }, hooks);
}

describe('the geometry of few features in many dimensions', () => {
  it('takes memory for N x D numbers, not for D x D', async () => {
    const w = antipodalPairs(5, 6000);
    const largest = recordLargest();
    const { geometry, whole } = await geometryOf(w);
    expect(whole).not.toBe(null);
    if (whole !== null)
      blocksOfEigenvectors(whole, geometry.spectral.spectrum, geometry.structure.components);
    expect(largest()).toBeLessThanOrEqual(4 * w.features * w.dims);
    expect(geometry.shapes.map(({ name }) => name)).toEqual(Array(5).fill('antipodal pair'));
    expect(geometry.measured.dims).toBe(6000);
    expect(geometry.nearest?.relativeDistance).toBeLessThan(1e-12);
  });

  it('gives W = Q B P with orthonormal columns of Q', async () => {
    const w = antipodalPairs(3, 400);
    const form = (await geometryOf(w)).geometry.form as EfficientForm;
    expect([form.axes, form.q.length, form.efficient]).toEqual([6, 6 * 400, true]);
    const back = fromEfficientForm(form);
    back.data.forEach((x, j) => expect(Math.abs(x - w.data[j])).toBeLessThan(1e-12));
  });

  it('is complete where the cost is small in N, whatever D', () => {
    expect(isLarge({ features: 10, dims: 20_000 })).toBe(false);
    expect(isLarge({ features: 3000, dims: 20_000 })).toBe(true);
    expect(isLarge({ features: 20_000, dims: 128 })).toBe(true);
  });
});
