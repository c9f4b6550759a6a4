import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockMatrix,
  efficientForm,
  fromEfficientForm,
  partsOf,
  type EfficientForm,
} from '../src/geometry/efficient-form.ts';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { generator, uniform } from '@polysem/numerics/random';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { partitionText, plantedBlocks } from './planted-blocks.ts';
import { acutePair, fromIdentity, squaredDistance } from './efficient-cases.ts';

/** Q B P, multiplied out from the three factors. */
function inPlaces(form: EfficientForm): Embedding {
  const { dims, axes, features, q, order } = form;
  const b = blockMatrix(form);
  expect([b.dims, b.features]).toEqual([axes, features]);
  const x = embedding(dims, features);
  order.forEach((i, c) => {
    for (let d = 0; d < dims; d++) {
      for (let k = 0; k < axes; k++) x.data[i * dims + d] += q[d * axes + k] * b.data[c * axes + k];
    }
  });
  return x;
}

describe('efficientForm', () => {
  it('recovers W = Q B P of an efficient matrix', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const { exact } = plantedBlocks(seed, 0);
        const w = exact.embedding;
        const form = efficientForm(w);
        expect(form.efficient).toBe(true);
        expect(form.relativeError).toBeLessThan(1e-11);
        expect(partitionText(form.blocks.map(({ features }) => features))).toBe(
          partitionText(exact.blocks),
        );
        expect(
          fromIdentity(frameOperator(embedding(form.axes, w.dims, form.q)), form.axes),
        ).toBeLessThan(1e-11);
        for (const { frame, dims } of form.blocks) {
          expect(fromIdentity(frameOperator(frame), dims)).toBeLessThan(1e-11);
        }
        expect(form.order.toSorted()).toEqual(Int32Array.from({ length: w.features }, (_, i) => i));
        expect(Math.sqrt(squaredDistance(w, fromEfficientForm(form)))).toBeCloseTo(form.error, 12);
        const again = fromEfficientForm(form);
        expect([again.dims, again.features]).toEqual([w.dims, w.features]);
        expect(squaredDistance(again, inPlaces(form))).toBeLessThan(1e-24);
        expect(Math.max(...form.inefficiency)).toBeLessThan(1e-9);
      }),
      { numRuns: 25 },
    );
  });

  it('gives the distance of the acute pair from an efficient matrix, and its inefficiencies', () => {
    const form = efficientForm(acutePair());
    expect(form.efficient).toBe(false);
    // Leverages 1, capacities 4/7; singular values sqrt(1 +- cos 30) = 2 cos 15 and sin 15 over root 2.
    for (const x of form.inefficiency) expect(x).toBeCloseTo(3 / 7, 12);
    expect(form.error).toBeCloseTo(Math.SQRT1_2, 12);
    expect(form.relativeError).toBeCloseTo(0.5, 12);
  });

  it.each([
    ['float64', 2 ** -26],
    ['float32', 2 ** -18],
  ] as const)('is efficient up to the relative error of %s', (precision, limit) => {
    const root = Math.sqrt(3) / 2;
    // A tight triangle under diag(1 + e, 1 - e), whose singular values are 1 +- e: the relative distance is e / sqrt(1 + e^2).
    for (const [share, isEfficient] of [
      [0.97, true],
      [1.03, false],
    ] as const) {
      const e = share * limit;
      const vectors = [1 + e, 0, -(1 + e) / 2, root * (1 - e), -(1 + e) / 2, -root * (1 - e)];
      const data =
        precision === 'float32' ? Float32Array.from(vectors) : Float64Array.from(vectors);
      const form = efficientForm(embedding(2, 3, data));
      expect(form.blocks).toHaveLength(1);
      expect(form.relativeError / e).toBeCloseTo(1, 2);
      expect(form.efficient).toBe(isEfficient);
    }
  });

  it('sorts features by inefficiency', () => {
    const w = embeddingFromVectors([
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, 0.6, 0.8],
    ]);
    const { worst, inefficiency } = efficientForm(w);
    expect([...worst.subarray(0, 2)].toSorted()).toEqual([2, 3]);
    expect(inefficiency[0]).toBeLessThan(1e-12);
    expect(inefficiency[2]).toBeGreaterThan(0.1);
  });

  it('rejects the structure of another matrix', () => {
    const structure = findBlocks(gaussianEmbedding(2, 4, 1));
    expect(() => efficientForm(gaussianEmbedding(3, 4, 1), structure)).toThrow(/structure/);
  });
});

describe('dimensions of groups that are not orthogonal', () => {
  const groupsOf = (sizes: readonly number[], dims: readonly number[]) => {
    let first = 0;
    return sizes.map((size, k) => {
      const features = Array.from({ length: size }, (_, i) => first + i);
      first += size;
      return { features, dims: dims[k] };
    });
  };

  it('are the shares of leverage by largest remainders', () => {
    // Shares 2.6, 1.3 and 1.1 of rank 5: whole parts 2, 1 and 1, and the remainder .6 is the largest.
    const leverage = Float64Array.of(0.9, 0.9, 0.8, 0.7, 0.6, 0.6, 0.5);
    const groups = groupsOf([3, 2, 2], [3, 2, 2]);
    expect(partsOf(groups, 5, leverage).map(({ dims }) => dims)).toEqual([3, 1, 1]);
    // Each group has at least one dimension: 1.5, 1.3 and .2 of rank 3 would be 2, 1 and 0.
    const low = Float64Array.of(0.5, 0.5, 0.5, 0.65, 0.65, 0.1, 0.1);
    expect(partsOf(groups, 3, low).map(({ dims }) => dims)).toEqual([1, 1, 1]);
    expect(partsOf(groups, 7, leverage)).toEqual(groups);
  });

  it('sum to the rank, or give the first groups one each where there are more groups', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 30 }), fc.nat(), (list, wanted, seed) => {
        const groups = groupsOf(list, list);
        const features = sum(list);
        const rank = Math.min(wanted, features);
        const g = generator(seed);
        const raw = Float64Array.from({ length: features }, () => uniform(g));
        const leverage = raw.map((x) => Math.min(1, (x * rank) / sum(raw)));
        const parts = partsOf(groups, rank, leverage);
        expect(sum(parts.map(({ dims }) => dims))).toBe(rank);
        expect(parts).toHaveLength(Math.min(groups.length, rank));
        parts.forEach(({ features: own, dims }, k) => {
          expect(own).toEqual(groups[k].features);
          expect(dims >= 1 && dims <= own.length).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });
});
