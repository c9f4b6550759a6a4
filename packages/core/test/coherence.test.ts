import { generator, permutation } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { mutualCoherence, welchBound } from '../src/capacity/coherence.ts';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { gaussianEmbedding } from './fixtures.ts';

/** The largest |cosine| and its pair, by the definition. */
function closestPair({ dims, features, data }: Embedding): [number, number, number] {
  const units = Float64Array.from(data);
  for (let i = 0; i < features; i++) {
    const own = units.subarray(i * dims, (i + 1) * dims);
    const norm = Math.hypot(...own);
    own.forEach((x, d) => (own[d] = x / norm));
  }
  let [best, one, other] = [-1, 0, 0];
  for (let i = 0; i < features; i++) {
    for (let j = 0; j < i; j++) {
      let dot = 0;
      for (let d = 0; d < dims; d++) dot += units[i * dims + d] * units[j * dims + d];
      if (Math.abs(dot) > best) [best, one, other] = [Math.abs(dot), j, i];
    }
  }
  return [best, one, other];
}

/** Features in a random order, but two of them in given places. */
function placed(
  { dims, features, data }: Embedding,
  seed: number,
  [one, other]: readonly [number, number],
  [first, second]: readonly number[],
): Embedding {
  const rest = [...permutation(generator(seed), features)].filter((i) => i !== one && i !== other);
  const order = rest.toSpliced(first, 0, one).toSpliced(second, 0, other);
  const shuffled = embedding(dims, features);
  order.forEach((i, at) => shuffled.data.set(data.subarray(i * dims, (i + 1) * dims), at * dims));
  return shuffled;
}

it('finds the closest pair wherever it lies in the order of the features', () => {
  const [dims, features] = [60, 800];
  // Embeddings whose closest pair is far apart in the order of every axis.
  for (const seed of [0, 5]) {
    const w = gaussianEmbedding(dims, features, seed);
    const [best, one, other] = closestPair(w);
    // Neighbours, also across the tiles of 256 features, and the ends.
    for (const [first, second] of [
      [0, 1],
      [255, 256],
      [798, 799],
      [0, 799],
    ]) {
      const found = mutualCoherence(placed(w, seed, [one, other], [first, second]));
      expect(found.coherence).toBeCloseTo(best, 12);
      expect([...(found.pair ?? [])].toSorted((i, j) => i - j)).toEqual([first, second]);
    }
  }
});

it.each([17, 33, 61])('finds the closest pair in %i dimensions', (dims) => {
  for (let seed = 0; seed < 2; seed++) {
    const w = gaussianEmbedding(dims, 300, 100 + seed);
    const [best, one, other] = closestPair(w);
    // The last of a tile of 256 features, which the next follows.
    for (const places of [
      [254, 255],
      [40, 299],
    ]) {
      const found = mutualCoherence(placed(w, seed, [one, other], places));
      expect(found.coherence).toBeCloseTo(best, 12);
      expect(found.pair?.toSorted((i, j) => i - j)).toEqual(places);
    }
  }
});

it('has the bound of Welch, 0 where all features can be orthogonal', () => {
  expect([welchBound(2, 3), welchBound(3, 3), welchBound(1, 1)]).toEqual([0, 0, 0]);
  // N vectors of a regular simplex in N - 1 dimensions have cosines of -1 / (N - 1), which no others undercut.
  for (const features of [2, 3, 5, 40])
    expect(welchBound(features, features - 1)).toBeCloseTo(1 / (features - 1), 14);
  // The four diagonals of a cube: cosines of 1/3 in three dimensions; the six of an icosahedron: 1/sqrt(5).
  expect(welchBound(4, 3)).toBeCloseTo(1 / 3, 14);
  expect(welchBound(6, 3)).toBeCloseTo(1 / Math.sqrt(5), 14);
});

it('is 0 without a pair, ignores zero vectors, and is at most 1', () => {
  const of = (...data: number[]) =>
    mutualCoherence(embedding(2, data.length / 2, Float64Array.from(data)));
  expect(of(3, 4)).toEqual({ coherence: 0, pair: null });
  expect(of(0, 0, 3, 4, 0, 0)).toEqual({ coherence: 0, pair: null });
  const { coherence, pair } = of(0, 0, 1, 0, 0, 0, -3, 4);
  expect(coherence).toBeCloseTo(0.6, 14);
  expect(pair).toEqual([1, 3]);
  for (let seed = 0; seed < 40; seed++) {
    const w = gaussianEmbedding(5, 9, seed);
    w.data.set(
      w.data.subarray(10, 15).map((x) => -0.3 * x),
      35,
    );
    const found = mutualCoherence(w);
    expect(found.coherence).toBeLessThanOrEqual(1);
    expect(found.coherence).toBeCloseTo(1, 14);
    expect(found.pair?.toSorted()).toEqual([2, 7]);
  }
});

it('reports the share of all pairs that is done, to the end', () => {
  const seen: number[] = [];
  mutualCoherence(gaussianEmbedding(4, 600, 2), (done) => seen.push(done));
  // Tiles of 256 features, each with all before it.
  expect(seen).toEqual([256, 512, 600].map((end) => (end / 600) ** 2));
});
