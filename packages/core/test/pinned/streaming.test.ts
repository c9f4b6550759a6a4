import { power } from '@polysem/numerics/elementary';
import { childGenerator, generator, normal, uniform } from '@polysem/numerics/random';
import { plantedBlocks } from '../planted-blocks.ts';
import { gaussianEmbedding } from '../fixtures.ts';
import { noisy, variedMatrices } from './matrices.ts';
import { pinned, refused, times } from './pinned.ts';
import { compareFeatures } from '../../src/compare/compare-features.ts';
import {
  largestRandomCosine,
  probabilityAbove,
  randomCosineShares,
} from '../../src/compare/random-cosines.ts';
import { embedding, type Embedding } from '../../src/embedding/embedding.ts';
import { embeddingSource, type FeatureSource } from '../../src/embedding/feature-source.ts';
import {
  gaussianBaselineFigures,
  similarSize,
  simulatedBaselineFigures,
  unitVectorBaselineFigures,
} from '../../src/streaming/baselines/baseline-figures.ts';
import { densityOfEntries } from '../../src/streaming/baselines/density-of-entries.ts';
import { gaussianSource } from '../../src/streaming/baselines/gaussian-source.ts';
import { ownNormsSource } from '../../src/streaming/baselines/own-norms-source.ts';
import { shuffledNormsSource } from '../../src/streaming/baselines/shuffled-norms-source.ts';
import { sparseSource } from '../../src/streaming/baselines/sparse-source.ts';
import { spectrumBaselineFigures } from '../../src/streaming/baselines/spectrum-baseline.ts';
import { bootstrapSummary } from '../../src/streaming/bootstrap-summary.ts';
import { streamGeometry } from '../../src/streaming/geometry/stream-geometry.ts';
import { measureStream } from '../../src/streaming/measure-stream.ts';
import { streamNeighbours } from '../../src/streaming/stream-neighbours.ts';
import { summariseMatrix } from '../../src/streaming/summarise-matrix.ts';
import { centred, meanVector, scaledBy, unitLength } from '../../src/streaming/transforms.ts';

/** Matrices as sources: varied small ones, and some with thousands of features, of which a few are zero or short. */
function sources(seed: number): FeatureSource[] {
  const large = times(6, (i) => {
    const [dims, features] = [
      [3, 3000],
      [24, 1100],
      [70, 300],
      [160, 90],
    ][i % 4];
    const w = gaussianEmbedding(dims, features, seed + i);
    if (i % 2 === 0) w.data.fill(0, 0, dims);
    for (let at = dims; at < 2 * dims; at++) w.data[at] *= 1e-7;
    for (let at = 0; at < w.data.length; at += dims)
      w.data[at] = w.data[at] * power(40, i % 3) + (i % 2);
    return i < 3 ? w : embedding(dims, features, Float32Array.from(w.data));
  });
  return [...variedMatrices(seed, 16), ...large].map((w, i) => embeddingSource(w, `matrix ${i}`));
}

/** Results one after another. */
async function inTurn<T>(
  list: readonly T[],
  work: (item: T, i: number) => Promise<unknown>,
): Promise<unknown[]> {
  const results: unknown[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
  for (const [i, item] of list.entries()) results.push(await work(item, i));
  return results;
}

pinned('measureStream', () =>
  inTurn(sources(101), (source, i) =>
    measureStream(source, {
      centre: i % 3 === 1,
      normalise: i % 4 === 1,
      precision: (['auto', 'float64', 'float32'] as const)[i % 3],
    }),
  ),
);

pinned('streamNeighbours and summaries', () =>
  inTurn(
    sources(103).filter(({ features }) => features < 2000),
    async (source, i) => {
      const neighbours = await streamNeighbours(source, { chunkBytes: [undefined, 20_000][i % 2] });
      const measured = await measureStream(source);
      return [neighbours, summariseMatrix(measured, i % 3 === 0 ? null : neighbours, i)];
    },
  ),
);

pinned('streamGeometry', () =>
  inTurn(
    [
      ...times(8, (i) => plantedBlocks(7000 + i, [0, 0.02][i % 2]).noisy.embedding),
      // Not those whose numbers are too small or too large.
      ...variedMatrices(107, 16, 6).filter((_, i) => i % 4 === 0 || i % 4 === 3),
    ].filter(({ features }) => features <= 40),
    (w, i) => streamGeometry(embeddingSource(w), { seed: i, noise: [0.03, 0.1][i % 2] }),
  ),
);

pinned('transforms and baselines', () =>
  inTurn(sources(109), async (source, i) => {
    const { features, dims } = source;
    const { squaredNorm } = await measureStream(source);
    const factors = Float64Array.from({ length: features }, (_, f) => f % 3);
    const made = [
      centred(source, await meanVector(source)),
      unitLength(source),
      scaledBy(source, factors),
      gaussianSource({ dims, features, seed: i }),
      ownNormsSource({ dims, features, seed: i, precision: 'float32' }, squaredNorm),
      shuffledNormsSource(source, squaredNorm, i),
      sparseSource({ dims, features, seed: i, density: 0.3 }),
    ];
    return [
      await inTurn(made, ({ read }) => read(0, features)),
      await inTurn(made, ({ read }) => read(Math.floor(features / 2), 1)),
      await densityOfEntries(source),
      await densityOfEntries(made[6]),
    ];
  }),
);

pinned('figures of baselines', () =>
  inTurn(
    [
      [1, 1],
      [2, 3],
      [3, 2],
      [10, 1000],
      [200, 50],
      [768, 30_000],
    ],
    async ([dims, features], i) => {
      const measured = await measureStream(
        gaussianSource({ dims: 4 + i, features: 30 * (i + 1), seed: i }),
      );
      const figures = [
        gaussianBaselineFigures(dims, features),
        unitVectorBaselineFigures(dims, features),
        simulatedBaselineFigures('made', measured),
        spectrumBaselineFigures(measured, { seed: i, samples: 50 }),
      ];
      const quantiles = figures.map(({ capacityQuantile, leverageQuantile }) =>
        [0, 0.025, 0.5, 0.9, 1].map((p) => [capacityQuantile?.(p), leverageQuantile?.(p)]),
      );
      return [figures, quantiles, similarSize(dims, features, power(10, 4 + i))];
    },
  ),
);

pinned('bootstrapSummary', () =>
  times(12, (i) => {
    const g = childGenerator(generator(113), i);
    const values = Float64Array.from({ length: [1, 2, 7, 200, 5000][i % 5] }, () =>
      i % 4 === 3 ? Math.round(3 * uniform(g)) : uniform(g),
    );
    return bootstrapSummary(values, {
      seed: i,
      resamples: [50, 200][i % 2],
      level: [0.95, 0.5][i % 2],
    });
  }),
);

/** A matrix, and another with some of its features, moved, turned around or replaced. */
function pairOf(i: number): [Embedding, Embedding] {
  const g = childGenerator(generator(127), i);
  const dims = 2 + 3 * (i % 5);
  const a = gaussianEmbedding(dims, 12 + 2 * i, i);
  const b = noisy(a, [0, 0.05, 0.5, 3][i % 4], i);
  if (i % 3 === 0) b.data.subarray(0, 3 * dims).reverse();
  if (i % 3 === 1) for (let at = 0; at < 4 * dims; at++) b.data[at] *= -1;
  if (i % 5 === 2) b.data.fill(0, dims, 2 * dims);
  const fewer = embedding(dims, 8 + i, b.data.slice(0, dims * (8 + i)));
  return [a, i % 2 === 0 ? b : fewer].map((w) =>
    uniform(g) < 0.2 ? embedding(w.dims, w.features, Float32Array.from(w.data)) : w,
  ) as [Embedding, Embedding];
}

pinned('compareFeatures', () =>
  inTurn(times(20, pairOf), ([a, b], i) =>
    compareFeatures(embeddingSource(a, 'A'), embeddingSource(b, 'B'), {
      by: i % 4 === 0 ? 'order' : i % 7 === 1 ? 'names' : 'match',
      ...(i % 7 === 1
        ? {
            names: [
              times(a.features, (f) => `f${f}`),
              times(b.features, (f) => `f${f + 2}`),
            ] as const,
          }
        : {}),
      signs: i % 3 === 0 ? 'free' : 'fixed',
      align: i % 8 === 0,
      threshold: [undefined, 0.3][i % 2],
      assignUpTo: [undefined, 10][i % 2],
      seed: i,
    }),
  ),
);

pinned('cosines of random directions', () =>
  [1, 2, 3, 10, 768].flatMap((dims) =>
    [1, 2, 100, 1e6].map((count) =>
      (['fixed', 'free'] as const).map((signs) => [
        largestRandomCosine(dims, count, signs),
        [-0.5, 0, 0.1, 0.7, 1].map((at) => probabilityAbove(dims, count, at, signs)),
        randomCosineShares(dims, count, signs, [-1, -0.3, 0, 0.3, 1]),
      ]),
    ),
  ),
);

const g = generator(1);
const given = gaussianEmbedding(3, 5, 1);
const source = embeddingSource(given, 'given');
const broken = embeddingSource(embedding(2, 2, Float64Array.of(1, NaN, 0, normal(g))), 'broken');
const other = embeddingSource(gaussianEmbedding(2, 5, 1), 'other');
const fewer = embeddingSource(gaussianEmbedding(3, 4, 1), 'fewer');
const size = { dims: 2, features: 3, seed: 1 };
refused('streaming and comparison', [
  () => measureStream(broken),
  () => measureStream(broken, { precision: 'float32' }),
  () => measureStream(source, { precision: 'float16' as 'float32' }),
  () => measureStream({ ...source, read: () => Promise.resolve(new Float64Array(3)) }),
  () => measureStream({ ...source, read: () => Promise.reject(new Error('no such file')) }),
  () => streamNeighbours(broken),
  () => streamNeighbours(source, { chunkBytes: 0 }),
  () => streamGeometry(broken),
  () => streamGeometry(source, { noise: 1 }),
  () => source.read(0, 6),
  () => source.read(-1, 2),
  () => source.read(0, 0.5),
  () => centred(source, new Float64Array(2)),
  () => scaledBy(source, new Float64Array(4)),
  () => gaussianSource({ ...size, dims: 0 }),
  () => sparseSource({ ...size, density: 0 }),
  () => sparseSource({ ...size, density: 1.5 }),
  () => ownNormsSource(size, new Float64Array(2)),
  () => shuffledNormsSource(source, new Float64Array(2), 1),
  () =>
    spectrumBaselineFigures(
      { dims: 2, features: 3, singularValues: Float64Array.of() },
      { seed: 1 },
    ),
  () =>
    spectrumBaselineFigures(
      { dims: 2, features: 3, singularValues: Float64Array.of(1, 1, 1) },
      { seed: 1 },
    ),
  () =>
    spectrumBaselineFigures(
      { dims: 2, features: 3, singularValues: Float64Array.of(1, 0) },
      { seed: 1 },
    ),
  () =>
    spectrumBaselineFigures(
      { dims: 2, features: 3, singularValues: Float64Array.of(1) },
      { seed: 1, samples: 0 },
    ),
  () => bootstrapSummary(new Float64Array(0), { seed: 1 }),
  () => bootstrapSummary(Float64Array.of(1), { seed: 1, resamples: 0 }),
  () => bootstrapSummary(Float64Array.of(1), { seed: 1, level: 1 }),
  () => compareFeatures(source, other),
  () => compareFeatures(source, broken),
  () => compareFeatures(source, fewer, { by: 'order' }),
  () => compareFeatures(source, fewer, { by: 'names' }),
  () => compareFeatures(source, fewer, { by: 'names', names: [['a'], ['b']] }),
  () =>
    compareFeatures(source, source, {
      by: 'names',
      names: [
        ['a', 'a', 'b', 'c', 'd'],
        ['a', 'b', 'c', 'd', 'e'],
      ],
    }),
  () =>
    compareFeatures(source, source, {
      by: 'names',
      names: [
        ['a', 'b', 'c', 'd', 'e'],
        ['f', 'g', 'h', 'i', 'j'],
      ],
    }),
  () => compareFeatures(source, fewer, { threshold: 1.5 }),
  () => compareFeatures(source, fewer, { threshold: NaN }),
  () => compareFeatures(source, fewer, { seed: -1 }),
  () => probabilityAbove(0, 1, 0.5, 'fixed'),
  () => probabilityAbove(2, 0, 0.5, 'fixed'),
  () => probabilityAbove(2, 1, NaN, 'fixed'),
  () => largestRandomCosine(0, 1, 'fixed'),
  () => largestRandomCosine(1.5, 1, 'fixed'),
  () => largestRandomCosine(2, 0, 'free'),
  () => randomCosineShares(0, 1, 'free', [0, 1]),
  () => randomCosineShares(2, 0, 'free', [0, 1]),
  () => randomCosineShares(2, 1, 'free', [1, 0]),
]);
