import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';

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
