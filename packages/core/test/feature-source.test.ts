import { describe, expect, it } from 'vitest';
import { compareFeatures } from '../src/compare/compare-features.ts';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import { streamGeometry } from '../src/streaming/geometry/stream-geometry.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import { streamNeighbours } from '../src/streaming/stream-neighbours.ts';

describe('embeddingSource', () => {
  const w = embedding(2, 3, Float32Array.of(1, 2, 3, 4, 5, 6));

  it('reads ranges of vectors, as copies', async () => {
    const source = embeddingSource(w);
    const block = await source.read(1, 2);
    expect(block).toEqual(Float32Array.of(3, 4, 5, 6));
    block.fill(0);
    expect(await source.read(1, 1)).toEqual(Float32Array.of(3, 4));
    expect(source).toMatchObject({ dims: 2, features: 3, precision: 'float32' });
  });

  it('is called embedding unless it has a name', () => {
    expect([embeddingSource(w).name, embeddingSource(w, 'W').name]).toEqual(['embedding', 'W']);
  });

  it('rejects a range beyond its features', async () => {
    const source = embeddingSource(w, 'W');
    await expect(source.read(2, 2)).rejects.toThrow('W: no 2 features from 2 on, it has 3');
    for (const [first, count] of [
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [0, 1.5],
      [3, 1],
      [0, 4],
    ])
      // oxlint-disable-next-line no-await-in-loop
      await expect(source.read(first, count)).rejects.toThrow(
        `W: no ${count} features from ${first} on, it has 3`,
      );
    expect(await source.read(0, 3)).toEqual(w.data);
    expect(await source.read(3, 0)).toEqual(new Float32Array(0));
    expect(await source.read(0, 0)).toEqual(new Float32Array(0));
  });
});

describe('a source that reads too few numbers, or numbers of another type', () => {
  const whole = embeddingSource(embedding(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6)), 'W');
  const short = { ...whole, read: (first: number) => whole.read(first, 1) };
  const other = { ...whole, precision: 'float32' as const };
  const tooFew = 'W: read gave 2 numbers for 3 features in 2 dimensions';
  const wrongType = 'W: read gave a Float64Array, but its precision is float32';

  it.each<[string, (source: FeatureSource) => Promise<unknown>]>([
    ['measureStream', (source) => measureStream(source)],
    ['measureStream with a mean', (source) => measureStream(source, { centre: true })],
    ['streamGeometry', (source) => streamGeometry(source)],
    ['compareFeatures', (source) => compareFeatures(source, whole)],
    ['compareFeatures, in order', (source) => compareFeatures(whole, source, { by: 'order' })],
  ])('is refused by %s', async (_, compute) => {
    await expect(compute(short)).rejects.toThrow(tooFew);
    await expect(compute(other)).rejects.toThrow(wrongType);
    await expect(compute(whole)).resolves.toBeDefined();
  });

  it('is refused by streamNeighbours', async () => {
    const pairs = { ...whole, features: 2, read: () => whole.read(0, 3) };
    await expect(streamNeighbours(pairs)).rejects.toThrow('W: read gave 6 numbers for 1 features');
    await expect(streamNeighbours(other)).rejects.toThrow(wrongType);
  });
});
