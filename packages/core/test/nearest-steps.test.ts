import { generator } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { embedding, featureVector, type Embedding } from '../src/embedding/embedding.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { arrange, settle, type Arrangement } from '../src/geometry/arrangement.ts';
import { bestPairOfAxes } from '../src/geometry/plane-optimum.ts';
import { randomArrangements, randomStarts } from '../src/geometry/random-arrangements.ts';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';
import { withRefinedPairs } from '../src/geometry/refine-pairs.ts';
import { featuresOf } from '../src/geometry/vector-queries.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';

/** Largest entry of B B^T - I, for rows B of `dims` numbers. */
function fromOrthonormal(rows: Float64Array, dims: number): number {
  const count = rows.length / dims;
  let worst = 0;
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++) {
      let dot = 0;
      for (let d = 0; d < dims; d++) dot += rows[a * dims + d] * rows[b * dims + d];
      worst = Math.max(worst, Math.abs(dot - (a === b ? 1 : 0)));
    }
  return worst;
}

/** Squared length of the projection of a vector on orthonormal rows. */
function energyIn(vector: ArrayLike<number>, rows: Float64Array): number {
  const dims = vector.length;
  let total = 0;
  for (let k = 0; k < rows.length / dims; k++) {
    let dot = 0;
    for (let d = 0; d < dims; d++) dot += rows[k * dims + d] * vector[d];
    total += dot * dot;
  }
  return total;
}

/** The rows of each part. */
function rowsOf({ parts, basis }: Pick<Arrangement, 'parts' | 'basis'>, dims: number) {
  let row = 0;
  return parts.map((part) => {
    const own = basis.slice(row * dims, (row + part.dims) * dims);
    row += part.dims;
    return own;
  });
}

describe('the first basis', () => {
  it('is the orthonormal rows nearest to the leading directions of the parts', () => {
    const w = gaussianEmbedding(6, 11, 3);
    const parts = [
      { features: [0, 3, 5, 8], dims: 2 },
      { features: [1, 2, 4], dims: 1 },
      { features: [6, 7, 9, 10], dims: 2 },
    ];
    const { basis, gain } = settle(w, parts, undefined, 0);
    expect(fromOrthonormal(basis, 6)).toBeLessThan(1e-13);
    const directions = parts.flatMap(({ features, dims }) => {
      const { vectors } = leftSingular(featuresOf(w, features));
      return Array.from({ length: dims }, (_, k) => vectors.slice(6 * k, 6 * k + 6));
    });
    // The polar factor B of M makes M B^T symmetric and positive.
    const product = directions.map((m) =>
      directions.map((_, b) => sum(m.map((x, d) => x * basis[6 * b + d]))),
    );
    product.forEach((row, a) =>
      row.forEach((x, b) => expect(Math.abs(x - product[b][a])).toBeLessThan(1e-12)),
    );
    product.forEach((row, a) => expect(row[a]).toBeGreaterThan(0.5));
    // More steps gain more, as long as they are taken.
    const one = settle(w, parts, undefined, 1);
    expect(one.gain).toBeGreaterThan(gain);
    expect(settle(w, parts, undefined, 2).gain).toBeGreaterThan(one.gain);
    expect(settle(w, parts, one.basis, 1).gain).toBeCloseTo(
      settle(w, parts, undefined, 2).gain,
      12,
    );
  });
});

it('there are 24 random starts, or fewer that take features x rank^2 of at most 4e5 together', () => {
  expect(randomStarts(5, 3)).toBe(24);
  expect(randomStarts(4166, 2)).toBe(24);
  expect(randomStarts(4167, 2)).toBe(23);
  expect(randomStarts(500, 20)).toBe(2);
  expect(randomStarts(501, 20)).toBe(1);
});

describe('starts of the search', () => {
  const [dims, features, rank, count] = [5, 12, 3, 60];
  const w = gaussianEmbedding(dims, features, 2);
  const placed = [0, 1, 2, 3, 5, 6, 7, 8, 10, 11];
  const starts = randomArrangements(w, placed, rank, count);
  const span = leftSingular(w).vectors.slice(0, rank * dims);

  it('have orthonormal axes in the span of the leading directions, and dimensions that sum to the rank', () => {
    expect(starts).toHaveLength(count + 1);
    for (const { parts, basis } of starts) {
      expect(basis).toHaveLength(rank * dims);
      expect(fromOrthonormal(basis, dims)).toBeLessThan(1e-12);
      for (let k = 0; k < rank; k++)
        expect(energyIn(basis.slice(k * dims, (k + 1) * dims), span)).toBeCloseTo(1, 12);
      expect(sum(parts.map((part) => part.dims))).toBe(rank);
      expect(parts.flatMap((part) => part.features).toSorted((i, j) => i - j)).toEqual(placed);
      for (const part of parts) {
        expect(part.features.length).toBeGreaterThanOrEqual(part.dims);
        expect(part.features).toEqual(part.features.toSorted((i, j) => i - j));
      }
    }
  });

  it('have one dimension per block, or every division of the dimensions', () => {
    const shapes = starts.map(({ parts }) => parts.map((part) => part.dims).join());
    expect(new Set(shapes.filter((_, k) => k === 0 || k % 2 === 1))).toEqual(new Set(['1,1,1']));
    const divided = shapes.filter((_, k) => k > 0 && k % 2 === 0);
    expect(new Set(divided)).toEqual(new Set(['3', '2,1', '1,2', '1,1,1']));
    // The first dimension is 1, 2 or 3 with equal probability: within four standard errors of 10 of 30.
    const whole = divided.filter((shape) => shape === '3').length;
    expect(Math.abs(whole - 10)).toBeLessThan(4 * Math.sqrt((30 * 2) / 9));
  });

  it('begin with axes on which features are sparse', () => {
    const q = randomOrthogonal(generator(4), 5);
    const own = embedding(5, 9);
    for (let i = 0; i < 9; i++)
      for (let d = 0; d < 5; d++) own.data[5 * i + d] = (1 + (i % 4)) * q[(i % 3) * 5 + d];
    const [{ parts, basis }] = randomArrangements(own, [0, 1, 2, 3, 4, 5, 6, 7, 8], 3, 0);
    const lists = parts.map((part) => part.features).toSorted((a, b) => a[0] - b[0]);
    expect(lists).toEqual([
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ]);
    // Every feature lies on the axis of its block.
    expect(arrange(own, parts, basis).gain).toBeCloseTo(sum(own.data.map((x) => x * x)), 9);
  });

  it('place each feature where most of its length is, except for the cheapest that a small block takes', () => {
    let filled = 0;
    let exact = 0;
    // As many features as dimensions and few more, so that blocks are often too small.
    for (const [own, list] of [
      [w, placed],
      [gaussianEmbedding(4, 5, 9), [0, 1, 2, 3, 4]],
    ] as const) {
      for (const start of randomArrangements(own, list, own === w ? rank : 4, 40)) {
        const rows = rowsOf(start, own.dims);
        for (const part of start.parts)
          expect(part.features).toEqual(part.features.toSorted((i, j) => i - j));
        const energy = list.map((i) => rows.map((part) => energyIn(featureVector(own, i), part)));
        const wanted = energy.map((shares) => shares.indexOf(Math.max(...shares)));
        const partOf = list.map((i) => start.parts.findIndex((part) => part.features.includes(i)));
        const lack = start.parts.map(
          (part, k) => part.dims - wanted.filter((own_) => own_ === k).length,
        );
        const moved = list.flatMap((_, at) => (partOf[at] === wanted[at] ? [] : [at]));
        const missing = lack.filter((few) => few > 0);
        expect(moved).toHaveLength(sum(missing));
        if (missing.length === 0) exact++;
        if (sum(missing) !== 1) continue;
        filled++;
        const [to] = [lack.findIndex((few) => few === 1)];
        const losses = energy.map((shares, at) =>
          lack[wanted[at]] < 0 ? shares[wanted[at]] - shares[to] : Infinity,
        );
        expect(moved).toEqual([losses.indexOf(Math.min(...losses))]);
      }
    }
    expect(filled).toBeGreaterThan(5);
    expect(exact).toBeGreaterThan(5);
  });
});

describe('refined pairs of blocks', () => {
  const together = (w: Embedding, at: Arrangement, chosen: readonly number[]): number[] => {
    const rows = rowsOf(at, w.dims);
    const own = chosen.map((k) => at.parts[k]);
    const list = own.flatMap((part) => part.features);
    const basis = Float64Array.from(chosen.flatMap((k) => [...rows[k]]));
    const size = sum(own.map((part) => part.dims));
    const present = sum(chosen.map((k) => at.gammas[k] * at.parts[k].dims));
    const others = at.gain - present;
    const gains = [others + arrange(w, [{ features: list, dims: size }], basis).gain];
    if (size === 2) gains.push(others + (bestPairOfAxes(w, list, basis)?.gain ?? 0));
    return gains;
  };

  it('cannot be joined, or divided into two axes, to get nearer', () => {
    let changed = 0;
    for (let seed = 0; seed < 12; seed++) {
      const w = gaussianEmbedding(4, 9, seed);
      const dims = seed % 2 === 0 ? [1, 1, 1, 1] : [2, 1, 1];
      const parts = dims.map((own, k) => ({
        features: Array.from({ length: 9 }, (_, i) => i).filter((i) => i % dims.length === k),
        dims: own,
      }));
      const start = arrange(w, parts, randomOrthogonal(generator(seed), 4));
      const found = withRefinedPairs(w, start);
      expect(found.gain).toBeGreaterThanOrEqual(start.gain);
      if (found.gain > start.gain) changed++;
      expect(fromOrthonormal(found.basis, 4)).toBeLessThan(1e-12);
      expect(found.gain).toBeCloseTo(arrange(w, found.parts, found.basis).gain, 10);
      expect(sum(found.parts.map((part) => part.dims))).toBe(4);
      expect(found.parts.flatMap((part) => part.features).toSorted((i, j) => i - j)).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7, 8,
      ]);
      for (const part of found.parts)
        expect(part.features).toEqual(part.features.toSorted((i, j) => i - j));
      const firsts = found.parts.map((part) => part.features[0]);
      expect(firsts).toEqual(firsts.toSorted((i, j) => i - j));
      for (let a = 0; a < found.parts.length; a++)
        for (let b = a; b < found.parts.length; b++)
          for (const gain of together(w, found, a === b ? [a] : [a, b]))
            expect(gain).toBeLessThanOrEqual(found.gain * (1 + 2 ** -39));
      // Nothing is left to refine.
      expect(withRefinedPairs(w, found)).toBe(found);
    }
    expect(changed).toBeGreaterThan(6);
  });

  it('are divided into two axes where features lie on two, from one block or from two wrong ones', () => {
    // On axes of lengths 1 and 3, in turn; the last three on another axis.
    const w = embedding(4, 9);
    for (let i = 0; i < 9; i++) w.data[4 * i + (i < 6 ? i % 2 : 2)] = i < 6 ? 1 + 2 * (i % 2) : 2;
    const axes = Float64Array.of(0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0);
    const other = { features: [6, 7, 8], dims: 1 };
    const whole = [other, { features: [0, 1, 2, 3, 4, 5], dims: 2 }];
    const mixed = [other, { features: [0, 1, 4, 5], dims: 1 }, { features: [2, 3], dims: 1 }];
    for (const parts of [whole, mixed]) {
      const found = withRefinedPairs(w, arrange(w, parts, axes));
      expect(found.parts).toEqual([
        { features: [0, 2, 4], dims: 1 },
        { features: [1, 3, 5], dims: 1 },
        { features: [6, 7, 8], dims: 1 },
      ]);
      // All of |W|^2 is kept.
      expect(found.gain).toBeCloseTo(3 * 1 + 3 * 9 + 3 * 4, 12);
    }
  });
});
