import { expect, it } from 'vitest';
import { measuredSide, withVector, type MeasuredSide } from '../src/compare/measured-side.ts';
import { spanOverlap } from '../src/compare/span-overlap.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';

/** A dictionary of a rank, whose vectors cannot be read. */
function unread(dims: number, rank: number, features = dims): MeasuredSide {
  const source = {
    name: 'unread',
    dims,
    features,
    precision: 'float64',
    read: () => Promise.reject(new Error('read')),
  };
  return { source, measured: { rank }, spectrum: null } as unknown as MeasuredSide;
}

it('is complete where one span is the whole space, with up to 512 angles', async () => {
  const full = { overlap: 1, chance: 1, cosines: new Float64Array(512).fill(1) };
  expect(await spanOverlap(unread(600, 600), unread(600, 512))).toEqual(full);
  expect(await spanOverlap(unread(600, 512), unread(600, 600))).toEqual(full);
  const many = await spanOverlap(unread(600, 600), unread(600, 513));
  expect(many).toEqual({ overlap: 1, chance: 1, cosines: null });
});

it('is null if a span is zero, or if vectors of more than 2^24 numbers would have to be read', async () => {
  expect(await spanOverlap(unread(4, 0), unread(4, 4))).toBeNull();
  expect(await spanOverlap(unread(4, 4), unread(4, 0))).toBeNull();
  const large = unread(4, 2, 2 ** 22 + 1);
  expect(await spanOverlap(large, large)).toBeNull();
  await expect(spanOverlap(unread(4, 2, 2 ** 22), large)).rejects.toThrow('read');
});

it('is the mean squared cosine of bases that are known', async () => {
  // The plane of the first two axes, and the first axis with one between the second and the third.
  const of = (...vectors: number[]): MeasuredSide => {
    const spectrum = { vectors: Float64Array.from(vectors) };
    return { ...unread(4, vectors.length / 4), spectrum } as unknown as MeasuredSide;
  };
  const plane = of(1, 0, 0, 0, 0, 1, 0, 0);
  const other = of(1, 0, 0, 0, 0, 0.6, 0.8, 0);
  const line = of(0, 0.28, 0.96, 0);
  for (const [a, b, cosines, chance] of [
    [plane, other, [1, 0.6], 0.5],
    [other, plane, [1, 0.6], 0.5],
    [plane, line, [0.28], 0.5],
    [line, other, [0.6 * 0.28 + 0.8 * 0.96], 0.5],
    [line, line, [1], 0.25],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop
    const found = await spanOverlap(a, b);
    expect(found?.chance).toBe(chance);
    expect(found?.cosines).toHaveLength(cosines.length);
    cosines.forEach((x, k) => expect(found?.cosines?.[k]).toBeCloseTo(x, 12));
    const mean = cosines.reduce((sum, x) => sum + x * x, 0) / cosines.length;
    expect(found?.overlap).toBeCloseTo(mean, 12);
  }
});

it('a feature has a vector if it has a capacity, also where its squared norm underflows', () => {
  const measured = { capacity: Float64Array.of(0, 0.5, 0), squaredNorm: Float64Array.of(0, 0, 1) };
  expect(withVector({ measured } as never)).toEqual(Int32Array.of(1, 2));
});

it('a large dictionary keeps the basis of its span, if that is not the whole space', async () => {
  // More than 2^20 numbers are read in chunks, where the spectrum is found first.
  const w = gaussianEmbedding(64, 16_400, 1);
  const side = () => measuredSide('a', embeddingSource(w), {}, inlineWorker());
  expect((await side()).spectrum).toBeNull();
  for (let at = 63; at < w.data.length; at += 64) w.data[at] = 0;
  const { spectrum } = await side();
  expect(spectrum?.rank).toBe(63);
  for (let k = 0; k < 63; k++) expect(spectrum?.vectors[k * 64 + 63]).toBeCloseTo(0, 12);
});
