import {
  embedding,
  embeddingFromVectors,
  featureVector,
  type Embedding,
} from '@polysem/core/embedding';
import {
  checkpointAt,
  describeBlocks,
  dynamics,
  polytope,
  withoutShortVectors,
} from '@polysem/core/geometry';
import { describe, expect, it } from 'vitest';
import { gaussianEmbedding } from './fixtures.ts';

/** Embeddings in spaces of their own, one after another; a number stands for so many zero vectors. */
function together(...parts: readonly (Embedding | number)[]): Embedding {
  const dims = parts.reduce<number>(
    (sum, part) => sum + (typeof part === 'number' ? 0 : part.dims),
    0,
  );
  let axis = 0;
  const vectors = parts.flatMap((part) => {
    if (typeof part === 'number')
      return Array.from({ length: part }, () => Array.from({ length: dims }, () => 0));
    const [before, after] = [axis, dims - axis - part.dims];
    axis += part.dims;
    return Array.from({ length: part.features }, (_, i) => [
      ...Array.from({ length: before }, () => 0),
      ...featureVector(part, i),
      ...Array.from({ length: after }, () => 0),
    ]);
  });
  return embeddingFromVectors(vectors);
}

const pair = embeddingFromVectors([[1], [-1]]);

describe('the description of blocks', () => {
  it.each<[string, Embedding]>([
    ['pentagon', polytope('pentagon')],
    ['2 x antipodal pair, tetrahedron', together(pair, polytope('tetrahedron'), pair)],
    ['antipodal pair, single, 3 ignored', together(1, embeddingFromVectors([[2]]), 2, pair)],
    ['3 x single', embedding(3, 3, Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1))],
    ['unordered 9 in 4', gaussianEmbedding(4, 9, 2)],
    ['4 ignored', embedding(3, 4)],
  ])('is %s', (words, w) => {
    expect(describeBlocks(w, 0.01)).toBe(words);
  });

  it('replaces vectors up to the noise by zero vectors, in a copy', () => {
    // Norms 5, 0, 1 and 2 of mean 2.
    const w = embeddingFromVectors([
      [3, -4],
      [0, 0],
      [1, 0],
      [0, -2],
    ]);
    expect(withoutShortVectors(w, 0.49)).toBe(w);
    expect([...withoutShortVectors(w, 0.5).data]).toEqual([3, -4, 0, 0, 0, 0, 0, -2]);
    expect([...withoutShortVectors(w, 1).data]).toEqual([3, -4, 0, 0, 0, 0, 0, 0]);
    expect([...w.data]).toEqual([3, -4, 0, 0, 1, 0, 0, -2]);
  });

  it('leaves out vectors that are no longer than the noise', () => {
    const w = together(pair, embeddingFromVectors([[0.02]]));
    expect(describeBlocks(w, 0.001)).toBe('antipodal pair, single');
    expect(describeBlocks(w, 0.1)).toBe('antipodal pair, 1 ignored');
  });

  it('refuses numbers that are not finite, and noise outside [0, 1)', () => {
    expect(() => describeBlocks(embedding(1, 2, Float64Array.of(1, NaN)), 0.01)).toThrow('NaN');
    expect(() => describeBlocks(pair, 1)).toThrow('noise: must lie in [0, 1), got 1');
  });
});

describe('a checkpoint', () => {
  it('has the blocks of its weights and the names of their shapes', () => {
    const w = together(polytope('triangle'), gaussianEmbedding(3, 7, 3), pair);
    const checkpoint = checkpointAt(40, 0.25, w, 0.01);
    expect(checkpoint).toEqual({
      step: 40,
      loss: 0.25,
      embedding: w,
      blocks: [
        [0, 1, 2],
        [3, 4, 5, 6, 7, 8, 9],
        [10, 11],
      ],
      shapes: ['triangle', null, 'antipodal pair'],
    });
    const { rows, events } = dynamics([checkpoint, { ...checkpointAt(80, 0.2, w, 0.01) }]);
    expect(rows.map(({ sizes }) => sizes)).toEqual([
      [3, 7, 2],
      [3, 7, 2],
    ]);
    expect(events).toEqual([]);
  });
});
