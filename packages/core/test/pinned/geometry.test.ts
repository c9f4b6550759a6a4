import { childGenerator, generator, normal } from '@polysem/numerics/random';
import { plantedBlocks } from '../planted-blocks.ts';
import { SHAPES } from '../shape-cases.ts';
import { gaussianEmbedding } from '../fixtures.ts';
import { noisy, variedMatrices } from './matrices.ts';
import { pinned, refused, times } from './pinned.ts';
import { alignmentReport } from '../../src/geometry/alignment-report.ts';
import { blocksOfEigenvectors, inBlockBases } from '../../src/geometry/block-basis.ts';
import { checkpointAt } from '../../src/geometry/checkpoint.ts';
import { constructEfficient } from '../../src/geometry/construct-efficient.ts';
import { describeBlocks } from '../../src/geometry/describe-blocks.ts';
import { describeGeometry } from '../../src/geometry/describe-geometry.ts';
import { dynamics } from '../../src/geometry/dynamics.ts';
import { efficientEmbedding } from '../../src/geometry/efficient-embedding.ts';
import { efficientForm, fromEfficientForm } from '../../src/geometry/efficient-form.ts';
import { findBlocks } from '../../src/geometry/find-blocks.ts';
import { frameSpectrum } from '../../src/geometry/frame-spectrum.ts';
import { nearestEfficient } from '../../src/geometry/nearest-efficient.ts';
import { nameShape } from '../../src/geometry/shapes/name-shape.ts';
import { polytope, type PolytopeName } from '../../src/geometry/shapes/polytope.ts';
import { spectralMeasures } from '../../src/geometry/spectral-measure.ts';
import { trackBlocks } from '../../src/geometry/track-blocks.ts';
import { withoutShortVectors } from '../../src/geometry/without-short-vectors.ts';
import { embedding, type Embedding } from '../../src/embedding/embedding.ts';
import { randomTightFrameOf } from '../../src/geometry/frame-of-capacities.ts';

const planted = (count: number, seed: number): Embedding[] =>
  times(count, (i) => plantedBlocks(seed + i, [0, 0.01, 0.03, 0.1][i % 4]).noisy.embedding).filter(
    ({ features }) => features <= 32,
  );

pinned('describeGeometry of planted blocks', () =>
  planted(24, 900).map((w, i) =>
    describeGeometry(w, {
      seed: i,
      signs: i % 3 === 0 ? 'free' : 'fixed',
      noise: [0.03, 0.1, 0.005][i % 3],
      significance: [0.001, 0.05][i % 2],
    }),
  ),
);
pinned('describeGeometry of varied matrices', () =>
  variedMatrices(73, 16, 5).map((w) => describeGeometry(w, { threshold: 0.05 })),
);
pinned('describeBlocks and findBlocks', () =>
  [...planted(16, 1900), ...variedMatrices(79, 16)].map((w, i) => [
    describeBlocks(w, 0.05),
    findBlocks(w, { seed: i, allPairs: [64, undefined][i % 2] }),
    findBlocks(w, { seed: i, noise: 0.2, significance: 0.1 }),
  ]),
);
pinned('efficient forms and the nearest efficient matrix', () =>
  [...planted(12, 2900), ...variedMatrices(83, 12, 5)].map((w) => {
    const form = efficientForm(w);
    return [form, fromEfficientForm(form), nearestEfficient(w)];
  }),
);
pinned('spectra and measures of features', () =>
  [...planted(12, 3900), ...variedMatrices(89, 12)].map((w, i) => [
    frameSpectrum(w, i % 2 === 0 ? {} : { spread: 0.1 }),
    spectralMeasures(w, { weights: i % 2 === 0, spread: [0.01, 0.3][i % 2] }),
  ]),
);
pinned('blocks and neurons', () =>
  planted(16, 4900).flatMap((w, i) => {
    const blocks = findBlocks(w).components;
    if (blocks.length === 0) return [];
    return [
      alignmentReport(w, blocks, i % 2 === 0 ? {} : { sweeps: 2, threshold: 0.2 }),
      inBlockBases(w, blocks),
      blocksOfEigenvectors(w, frameSpectrum(w), blocks),
    ];
  }),
);

for (const name of SHAPES) {
  pinned(`nameShape of a noisy ${name}`, () => {
    const { dims, features, data } = polytope(name);
    return times(8, (i) => {
      const g = childGenerator(generator(97), i);
      const lengths = times(features, () => (i % 4 === 3 ? Math.exp(0.3 * normal(g)) : 2));
      const sign = times(features, () => (i % 5 === 4 ? Math.sign(normal(g)) : 1));
      const scaled = Float64Array.from(data, (x, at) => {
        const feature = Math.floor(at / dims);
        return x * lengths[feature] * sign[feature];
      });
      const noise = [0, 0.005, 0.02, 0.08][i % 4];
      const w = noisy(embedding(dims, features, scaled), noise, i);
      return nameShape(w, undefined, {
        noise: [0.03, 0.1][i % 2],
        signs: i % 5 === 4 ? 'free' : 'fixed',
      });
    });
  });
}

pinned('constructed matrices', () =>
  times(16, (i) => [
    constructEfficient(generator(i), {
      blocks: [
        { dims: 2, features: 3 + (i % 4) },
        { dims: 1, capacities: [0.25, 0.75], gamma: 2 },
        { dims: 3, capacities: [1, 0.5, 0.5, 0.4, 0.6], gamma: 0.5 },
      ],
      ignored: i % 3,
      dims: 6 + (i % 2),
      rotate: i % 2 === 0,
      permute: i % 3 === 0,
      flip: i % 5 === 0,
      noise: (i % 4) / 20,
    }),
    randomTightFrameOf(generator(i), [0.9, 0.8, 0.3, 0.5, 0.5], 3),
    efficientEmbedding([1, 0.7, 0.2, 0.1, 0], [2, 0.7, 0.2, 0.1, 0], 2),
    withoutShortVectors(variedMatrices(i, 1)[0], 0.1),
  ]),
);

pinned('dynamics', () =>
  times(8, (i) => {
    const [from, to] = [
      gaussianEmbedding(3, 6, i),
      polytope((['octahedron', '6-gon'] as PolytopeName[])[i % 2]),
    ];
    const target = embedding(3, 6, new Float64Array(18));
    for (let f = 0; f < 6; f++)
      for (let d = 0; d < to.dims; d++) target.data[3 * f + d] = to.data[f * to.dims + d];
    const checkpoints = times(8, (t) => {
      const mixed = Float64Array.from(
        from.data,
        (x, at) => (x * (7 - t)) / 7 / 4 + (target.data[at] * t) / 7,
      );
      return checkpointAt(10 * t, 1 / (1 + t), embedding(3, 6, mixed), 0.05);
    });
    return [
      dynamics(checkpoints),
      dynamics(checkpoints, {
        fullTolerance: 0.2,
        ignoredBelow: 0.3,
        persistence: 1,
        integerTolerance: 0.2,
      }),
      trackBlocks(
        checkpoints.map(({ blocks }) => blocks),
        6,
      ),
    ];
  }),
);

const w = gaussianEmbedding(2, 4, 1);
const broken = embedding(2, 2, Float64Array.of(1, NaN, 0, 1));
const one = { features: [0, 1], dims: 1 };
const construct = (description: object) =>
  constructEfficient(generator(1), description as { blocks: [] });
const step = checkpointAt(0, 1, w, 0.05);
refused('geometry', [
  () => findBlocks(broken),
  () => findBlocks(w, { noise: 1 }),
  () => findBlocks(w, { noise: -0.1 }),
  () => findBlocks(w, { significance: 0 }),
  () => findBlocks(w, { significance: 1 }),
  () => describeGeometry(w, { threshold: 1 }),
  () => describeBlocks(broken, 0.1),
  () => nameShape(w, [0, 4]),
  () => nameShape(w, [0, 0]),
  () => nameShape(w, []),
  () => nameShape(w, [0, 1], { noise: 0.1, sigma: 0.1 }),
  () => nameShape(w, [0, 1], { noise: -1 }),
  () => nameShape(w, [0, 1], { sigma: -1 }),
  () => polytope('2-gon' as PolytopeName),
  () => polytope('dodecahedron' as PolytopeName),
  () => polytope('0-simplex' as PolytopeName),
  () => alignmentReport(w, [one, one]),
  () => alignmentReport(w, [{ features: [0, 9], dims: 1 }]),
  () => alignmentReport(w, [{ features: [0], dims: 2 }]),
  () => alignmentReport(w, [one], { sweeps: -1 }),
  () => inBlockBases(w, [{ features: [0, 1], dims: 3 }]),
  () => construct({ blocks: [{ dims: 2 }] }),
  () => construct({ blocks: [{ dims: 2, features: 1 }] }),
  () => construct({ blocks: [{ dims: 2, features: 3, capacities: [1, 1] }] }),
  () => construct({ blocks: [{ dims: 1, capacities: [0.5, 0.6] }] }),
  () => construct({ blocks: [{ dims: 1, capacities: [1.5, -0.5] }] }),
  () => construct({ blocks: [{ dims: 1, features: 2, gamma: 0 }] }),
  () => construct({ blocks: [{ dims: 2, features: 2 }], dims: 1 }),
  () => construct({ blocks: [{ dims: 1, features: 2 }], ignored: -1 }),
  () => construct({ blocks: [{ dims: 1, features: 2 }], noise: -1 }),
  () => construct({ blocks: [] }),
  () => randomTightFrameOf(generator(1), [0.5, 0.6], 1),
  () => efficientEmbedding([0.5, 0.6], [1, 1], 1),
  () => efficientEmbedding([0.5, 0.5], [1], 1),
  () => efficientEmbedding([0.5, 0.5], [1, -1], 1),
  () => frameSpectrum(broken),
  () => frameSpectrum(w, { spread: -1 }),
  () => spectralMeasures(broken),
  () => checkpointAt(0, 1, broken, 0.1),
  () => checkpointAt(0, 1, w, 1),
  () => dynamics([]),
  () => dynamics([step, step]),
  () => dynamics([step, { ...step, step: 1, embedding: gaussianEmbedding(2, 3, 1) }]),
  () => dynamics([step], { fullTolerance: -1 }),
  () => dynamics([step], { persistence: 0 }),
  () => trackBlocks([[[0, 5]]], 4),
]);
