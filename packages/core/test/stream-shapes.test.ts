import { embedding, type Embedding } from '@polysem/core/embedding';
import { measureCapacity } from '@polysem/core/capacity';
import { nameShape } from '@polysem/core/geometry';
import { expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { streamShapes } from '../src/streaming/geometry/shape-pass.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';

const NOISE = 0.02;

/** An embedding of Gaussian vectors, of which those from `from` on are 1e-4 as long. */
function withShort(features: number, from: number): Embedding {
  const w = gaussianEmbedding(3, features, 6);
  for (let j = 3 * from; j < w.data.length; j++) w.data[j] *= 1e-4;
  return w;
}

it.each([
  ['few enough long ones to search', 2060, 12],
  ['too many long ones to search', 2200, 2100],
  ['long ones only', 2100, 2100],
])('names groups that are read in chunks as it names those of a matrix: %s', async (_, n, long) => {
  const w = withShort(n, long);
  const features = Array.from({ length: n }, (__, i) => i);
  const { squaredNorm } = measureCapacity(w);
  const seen: number[] = [];
  const spectrum = leftSingular(w).values;
  const [small, shape] = await streamShapes(
    embeddingSource(w),
    {
      groups: [
        { features: [4, 2], spectrum },
        { features, spectrum },
      ],
      squaredNorm,
    },
    { noise: NOISE },
    inlineWorker(),
    { onProgress: ({ done, total }) => seen.push(done / total) },
  );
  const known = nameShape(w, features, { noise: NOISE });
  expect(shape.ignored).toHaveLength(n - long);
  for (const key of ['name', 'features', 'ignored', 'dims', 'factors'] as const)
    expect(shape[key]).toEqual(known[key]);
  expect(small).toEqual(nameShape(w, [4, 2], { noise: NOISE }));
  expect(seen).toEqual([0.5, 1]);
});

it('does not name the dimensions that only short vectors would fill', async () => {
  // Long vectors in a plane; those shorter than the noise are many enough to fill the third dimension.
  const w = embedding(3, 2400);
  const plane = gaussianEmbedding(2, 2100, 1);
  for (let i = 0; i < 2100; i++) w.data.set(plane.data.subarray(2 * i, 2 * i + 2), 3 * i);
  for (let i = 2100; i < 2400; i++) w.data[3 * i + 2] = 1e-3;
  const features = Array.from({ length: 2400 }, (_, i) => i);
  const spectrum = leftSingular(w).values;
  const { squaredNorm } = measureCapacity(w);
  const [{ dims, ignored }] = await streamShapes(
    embeddingSource(w),
    { groups: [{ features, spectrum }], squaredNorm },
    { noise: 1e-2 },
    inlineWorker(),
    {},
  );
  expect([dims, ignored.length]).toEqual([2, 300]);
});
