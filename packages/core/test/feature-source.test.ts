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
    await expect(source.read(-1, 1)).rejects.toThrow(RangeError);
  });
});
