import { embedding, featureVector, type Embedding } from '@polysem/core/embedding';
import { measureCapacity } from '@polysem/core/capacity';
import { nameShape, polytope, type NamedShape } from '@polysem/core/geometry';
import { expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { streamShapes } from '../src/streaming/geometry/shape-pass.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';

/** Random vectors of length 1. */
function randomDirections(dims: number, features: number, seed: number): Embedding {
  const w = gaussianEmbedding(dims, features, seed);
  for (let i = 0; i < features; i++) {
    const v = featureVector(w, i);
    v.set(v.map((x) => x / Math.hypot(...v)));
  }
  return w;
}

/** Random directions in three dimensions, with vectors that are shorter by a factor from `from` on. */
function withShort(features: number, from: number, factor = 1e-4): Embedding {
  const w = randomDirections(3, features, 6);
  for (let j = 3 * from; j < w.data.length; j++) w.data[j] *= factor;
  return w;
}

/** An octahedron among vectors that are too short to count. */
function octahedron(): Embedding {
  const w = withShort(2060, 0);
  w.data.set(polytope('octahedron').data);
  return w;
}

const inFloat32 = (w: Embedding): Embedding =>
  embedding(w.dims, w.features, Float32Array.from(w.data));

/** Vectors of length 10 in a plane, apart from noise of 1 %, and short ones that would fill the third dimension. */
function nearPlane(): Embedding {
  const w = withShort(2400, 0, 0.01);
  const plane = randomDirections(2, 2100, 1);
  for (let i = 0; i < 2100; i++) w.data.set(plane.data.subarray(2 * i, 2 * i + 2), 3 * i);
  for (let i = 2100; i < 2400; i++) w.data.set([0, 0, 0.11], 3 * i);
  return embedding(
    3,
    2400,
    w.data.map((x) => 10 * x),
  );
}

/** A shape with twelve digits of its numbers: the noise is divided by one mean length, or by two. */
function rounded(shape: NamedShape): unknown {
  return JSON.parse(
    JSON.stringify(shape, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(12)) : value,
    ),
  );
}

// Rounding alone explains vectors of 1e-7 of the mean length in float32, not in float64.
it.each<[string, Embedding, number, number]>([
  ['few enough long vectors to search', withShort(2060, 12), 12, 0.02],
  ['an octahedron among short ones', octahedron(), 6, 0.02],
  ['as many as are searched at most', withShort(2060, 2048), 2048, 0.02],
  ['too many long vectors', withShort(2200, 2100), 2100, 0.02],
  ['long vectors only', withShort(2100, 2100), 2100, 0.02],
  ['a plane, but for noise', nearPlane(), 2100, 0.05],
  ['rounding of float32', inFloat32(withShort(2200, 2100, 1e-7)), 2100, 0],
  ['rounding of float64', withShort(2200, 2100, 1e-7), 2200, 0],
])('names groups that are read in chunks as those of a matrix: %s', async (_, w, long, noise) => {
  const features = Array.from({ length: w.features }, (__, i) => i);
  const { squaredNorm } = measureCapacity(w);
  const seen: number[] = [];
  const spectrum = leftSingular(w).values;
  const groups = [
    { features: [4, 2], spectrum },
    { features, spectrum },
  ];
  const [small, shape] = await streamShapes(
    embeddingSource(w),
    { groups, squaredNorm },
    { noise },
    inlineWorker(),
    { onProgress: ({ done, total }) => seen.push(done / total) },
  );
  const known = nameShape(w, features, { noise });
  expect(shape.ignored).toHaveLength(w.features - long);
  expect(rounded(shape)).toEqual(rounded(known));
  expect(small).toEqual(nameShape(w, [4, 2], { noise }));
  expect(seen).toEqual([0.5, 1]);
});

it('finds the plane of long vectors, whatever short ones there are', () => {
  const { dims, ignored } = nameShape(nearPlane(), undefined, { noise: 0.05 });
  expect([dims, ignored.length]).toEqual([2, 300]);
});
