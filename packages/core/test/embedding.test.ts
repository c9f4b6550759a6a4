import { embedding, embeddingFromVectors, featureVector } from '@polysem/core/embedding';
import { describe, expect, it } from 'vitest';
import { forEachInBasis } from '../src/embedding/coordinates.ts';

describe('an embedding', () => {
  it('holds the vectors of its features one after another', () => {
    const w = embeddingFromVectors([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(w).toEqual({ dims: 3, features: 2, data: Float64Array.of(1, 2, 3, 4, 5, 6) });
    featureVector(w, 1)[0] = 9;
    expect(Array.from(w.data)).toEqual([1, 2, 3, 9, 5, 6]);
    expect(embedding(3, 2).data).toEqual(new Float64Array(6));
  });

  it('refuses vectors of different lengths, no vectors, and a wrong number of numbers', () => {
    expect(() => embeddingFromVectors([[1, 2], [3, 4], [5]])).toThrow(
      'embeddingFromVectors: vector 2 has 1 dims, others 2',
    );
    expect(() => embeddingFromVectors([])).toThrow('dims: must be a positive integer, got 0');
    expect(() => embedding(2, 0)).toThrow('features: must be a positive integer, got 0');
    expect(() => embedding(2, 3, new Float64Array(5))).toThrow(
      'embedding: 3 features of 2 dims need 6 numbers, got 5',
    );
  });
});

it('visits each feature once with its coordinates, also in WebAssembly and in several chunks', () => {
  // 2^27 multiply-adds and more; a chunk holds 2^19 / 1024 features.
  const [dims, features, rank] = [220, 600, 1024];
  const w = embedding(
    dims,
    features,
    Float64Array.from({ length: dims * features }, (_, j) => ((j * 7) % 11) - 5),
  );
  // Row k picks one dimension, times a whole number.
  const basis = new Float64Array(rank * dims);
  for (let k = 0; k < rank; k++) basis[k * dims + ((k * 3) % dims)] = k % 5;
  const visits = new Map<number, number>();
  forEachInBasis(w, basis, rank, (i, t) => {
    visits.set(i, (visits.get(i) ?? 0) + 1);
    const isRight = t.every((x, k) => x === (k % 5) * w.data[i * dims + ((k * 3) % dims)]);
    expect([t.length, isRight]).toEqual([rank, true]);
  });
  expect([...visits]).toEqual(Array.from({ length: features }, (_, i) => [i, 1]));
});

it('gives the vector of each feature, as a view, and of no other', () => {
  const w = embedding(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
  expect([0, 1, 2].map((i) => [...featureVector(w, i)])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  featureVector(w, 1)[0] = 7;
  expect(w.data[2]).toBe(7);
  for (const wrong of [-1, 3, 0.5, NaN, Infinity])
    expect(() => featureVector(w, wrong)).toThrow(
      `featureVector: no feature ${wrong}, the embedding has 3`,
    );
});
