import { embedding, embeddingFromVectors, featureVector } from '@polysem/core/embedding';
import { describe, expect, it } from 'vitest';

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
