import { expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { alignedSource, pairedFrame } from '../src/compare/paired-frame.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { compare, range } from './compare-cases.ts';
import { gaussianEmbedding } from './fixtures.ts';

it('compares Gram matrices alike in any unit, also where fourth powers leave the range of numbers', async () => {
  const [a, b] = [gaussianEmbedding(3, 9, 1), gaussianEmbedding(3, 9, 2)];
  // Means that are not 0, so that centring matters.
  for (const w of [a, b]) for (let j = 0; j < w.data.length; j += 2) w.data[j] += 1;
  const plain = await compare(a, b, { by: 'order' });
  const times = ({ dims, features, data }: Embedding, factor: number): Embedding =>
    embedding(
      dims,
      features,
      Float64Array.from(data, (x) => x * factor),
    );
  for (const power of [-200, -80, 80, 200]) {
    const factor = 2 ** power;
    // oxlint-disable-next-line no-await-in-loop -- one comparison at a time
    const { gram } = await compare(times(a, factor), times(b, factor), { by: 'order' });
    expect(gram?.cosine).toBeCloseTo(plain.gram?.cosine ?? NaN, 12);
    expect(gram?.cka).toBeCloseTo(plain.gram?.cka ?? NaN, 12);
    expect(gram?.chance).toBeCloseTo(plain.gram?.chance ?? NaN, 12);
  }
  expect(plain.gram?.cka).not.toBeCloseTo(plain.gram?.cosine ?? NaN, 2);
});

it('turns features in the precision in which they are read', async () => {
  const w = gaussianEmbedding(3, 5, 1);
  const single = embedding(3, 5, Float32Array.from(w.data));
  const pairs = { a: range(5), b: range(5) };
  for (const b of [w, single]) {
    const [source, other] = [embeddingSource(w), embeddingSource(b)];
    // oxlint-disable-next-line no-await-in-loop
    const frame = await pairedFrame(source, other, pairs, {}, inlineWorker());
    // oxlint-disable-next-line no-await-in-loop
    const turned = await alignedSource(other, frame).read(1, 3);
    expect(turned.constructor).toBe(b.data.constructor);
    // Nearly the same features are not turned.
    turned.forEach((x, at) => expect(x).toBeCloseTo(w.data[3 + at], 6));
  }
});
