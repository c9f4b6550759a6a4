import { realPower } from '@polysem/numerics/elementary';
import {
  childGenerator,
  generator,
  normal,
  uniform,
  uniformBetween,
} from '@polysem/numerics/random';
import { gaussianEmbedding } from '../fixtures.ts';
import { noisy, variedMatrices } from './matrices.ts';
import { pinned, refused, times } from './pinned.ts';
import { activationStatistics, varianceExplained } from '../../src/audit/activation-statistics.ts';
import { auditCapacity } from '../../src/audit/audit-capacity.ts';
import { mutualCoherence, welchBound } from '../../src/capacity/coherence.ts';
import { gaussianBaseline } from '../../src/capacity/gaussian-baseline.ts';
import { binEdges, histogram } from '../../src/capacity/histogram.ts';
import { marchenkoPasturSpectrum } from '../../src/capacity/marchenko-pastur.ts';
import { measureCapacity } from '../../src/capacity/measure.ts';
import { measureNeurons } from '../../src/capacity/neurons.ts';
import { effectiveRank, participationRatio } from '../../src/capacity/spectral.ts';
import { efficiency, summarise } from '../../src/capacity/summary.ts';
import { embedding, embeddingFromVectors, featureVector } from '../../src/embedding/embedding.ts';
import { frameOperator } from '../../src/embedding/frame-operator.ts';
import { gram } from '../../src/embedding/gram.ts';
import { leftSingular } from '../../src/embedding/singular.ts';
import { turnedOnto } from '../../src/embedding/turned-onto.ts';

pinned('measureCapacity', () =>
  variedMatrices(37, 40).map((w) => {
    const measured = measureCapacity(w);
    return [
      measured,
      efficiency(measured),
      effectiveRank(measured.singularValues),
      participationRatio(measured.singularValues),
      summarise(measured.capacity),
    ];
  }),
);

pinned('singular values, frame operator and Gram matrix', () =>
  variedMatrices(41, 30).map((w) => [
    leftSingular(w),
    frameOperator(w),
    frameOperator(
      w,
      Float64Array.from({ length: w.features }, (_, i) => i),
    ),
    gram(w),
  ]),
);

pinned('turnedOnto', () =>
  times(12, (i) => {
    const w = gaussianEmbedding(1 + (i % 5), 6, i);
    const target = noisy(gaussianEmbedding(1 + (i % 5), 6, i + 100), i / 10, i);
    return [
      turnedOnto(w, target),
      turnedOnto(w, target, [
        [0, 1],
        [2, 0],
        [5, 5],
      ]),
    ];
  }),
);

pinned('neurons and coherence', () =>
  variedMatrices(47, 30).map((w, i) => [
    measureNeurons(w, i % 2 === 0 ? {} : { threshold: [0, 0.1, 0.5][i % 3] }),
    mutualCoherence(w),
    welchBound(w.features, w.dims),
  ]),
);

pinned('coherence of many features', () =>
  variedMatrices(53, 6, 150).map((w) => mutualCoherence(w)),
);

pinned('baselines and histograms', () =>
  times(20, (i) => {
    const g = childGenerator(generator(59), i);
    const [dims, features] = [1 + (i % 7) ** 2, 1 + 3 * i];
    const values = times(50, () => normal(g));
    return [
      gaussianBaseline(dims, features),
      marchenkoPasturSpectrum(dims, features, i),
      histogram([...values, -1, 0, 1, 2, NaN], binEdges(-1, 1, 1 + i, 'linear')),
      histogram(values.map(Math.exp), binEdges(0.1, 10, 1 + i, 'log')),
    ];
  }),
);

/** Statistics of features whose capacities follow the theory, chance, a constant or two levels. */
function auditCase(i: number) {
  const g = childGenerator(generator(61), i);
  const features = [3, 12, 60, 300][i % 4];
  const density = times(features, () => (i % 6 === 5 ? 0.1 : Math.exp(-6 * uniform(g))));
  const importance = density.map((p, f) =>
    f % 11 === 10 ? 0 : Math.sqrt(p) * Math.exp(normal(g)),
  );
  const kurtosis = density.map((p) => (i % 5 === 4 ? 2 : 1.8 / p));
  const ramp = importance.map((v, f) => {
    const capacity = (Math.sqrt(v * v * kurtosis[f]) - 0.4) / 2;
    return Math.min(1, Math.max(0, capacity + (i % 3) * 0.1 * normal(g)));
  });
  const kinds = [
    ramp,
    ramp,
    times(features, () => uniform(g)),
    times(features, () => 0.5),
    ramp.map(Math.round),
  ];
  const known = i % 2 === 0 ? { density } : {};
  return {
    importance,
    kurtosis: i % 7 === 6 ? 9 : kurtosis,
    ...known,
    capacity: kinds[i % kinds.length],
  };
}

pinned('auditCapacity', () =>
  times(30, (i) =>
    auditCapacity(auditCase(i), {
      seed: i,
      resamples: [0, 20, 40][i % 3],
      permutations: [1, 19][i % 2],
      confidence: [0.95, 0.5][i % 2],
      outliers: [3, 20, 0][i % 3],
      context: {
        importanceFrom: ['variance explained', 'density'][i % 2],
        importanceUsesVectors: i % 3 === 0,
        kurtosisShape: ['laplace', 'uniform'][i % 2],
        unitVariance: i % 4 === 0,
        isFolded: i % 5 === 0,
        efficiency: i / 30,
      },
    }),
  ),
);
pinned('an audit of more features than a resample holds', () => {
  const g = generator(67);
  const importance = times(2500, () => uniformBetween(g, 0, 2));
  const capacity = importance.map((v) => Math.min(1, v * uniform(g)));
  return [auditCapacity({ importance, kurtosis: 12, capacity }, { resamples: 8, permutations: 9 })];
});

pinned('statistics of activations', () =>
  times(10, (i) => {
    const g = childGenerator(generator(71), i);
    const features = 1 + (i % 4);
    const all = activationStatistics(features);
    for (let chunk = 0; chunk < 3; chunk++) {
      const samples = 1 + chunk * i;
      const numbers = times(samples * features, () =>
        uniform(g) < 0.6 ? 0 : realPower(10, i - 5) * normal(g),
      );
      all.add(chunk === 1 ? Float32Array.from(numbers) : Float64Array.from(numbers), samples);
    }
    const result = all.result();
    return [
      result,
      varianceExplained(
        result.meanSquare.map((x) => x + 1),
        times(features, (f) => f + 1),
      ),
    ];
  }),
);

const w = gaussianEmbedding(2, 3, 1);
const broken = embedding(2, 2, Float64Array.of(1, NaN, 0, 1));
const audited = { importance: [1, 2, 3], kurtosis: 5, capacity: [0.1, 0.5, 1] };
refused('measurement', [
  () => embedding(0, 2),
  () => embedding(2, 1.5),
  () => embedding(2, 2, new Float64Array(3)),
  () => embeddingFromVectors([]),
  () => embeddingFromVectors([[]]),
  () => embeddingFromVectors([[1, 2], [3]]),
  () => featureVector(w, 3),
  () => measureCapacity(broken),
  () => measureCapacity({ dims: 2, features: 2, data: new Float64Array(5) }),
  () => measureNeurons(broken),
  () => measureNeurons(w, { threshold: 1 }),
  () => measureNeurons(w, { threshold: -0.1 }),
  () => mutualCoherence(broken),
  () => leftSingular(broken),
  () => turnedOnto(w, gaussianEmbedding(2, 4, 1)),
  () => turnedOnto(w, gaussianEmbedding(3, 3, 1), []),
  () => turnedOnto(w, w, [[0, 3]]),
  () => turnedOnto(w, w, [[-1, 0]]),
  () => gaussianBaseline(0, 2),
  () => gaussianBaseline(2, 2.5),
  () => marchenkoPasturSpectrum(2, 0, 1),
  () => marchenkoPasturSpectrum(2, 3, -1),
  () => marchenkoPasturSpectrum(2, 3, Infinity),
  () => binEdges(0, 1, 0, 'linear'),
  () => binEdges(1, 1, 2, 'linear'),
  () => binEdges(0, 1, 2, 'log'),
  () => histogram([1], Float64Array.of(1)),
  () => histogram([1], Float64Array.of(1, 1)),
  () => summarise(new Float64Array(0)),
  () => auditCapacity({ ...audited, capacity: [0.1, 0.5] }),
  () => auditCapacity({ ...audited, capacity: [0.1, 0.5, 1.1] }),
  () => auditCapacity({ ...audited, capacity: [0.1, NaN, 1] }),
  () => auditCapacity({ ...audited, importance: [1, -2, 3] }),
  () => auditCapacity({ ...audited, importance: [0, 0, 0] }),
  () => auditCapacity({ ...audited, kurtosis: 0.5 }),
  () => auditCapacity({ ...audited, kurtosis: [5, 5] }),
  () => auditCapacity({ ...audited, density: [0.1, 0.2, 1.2] }),
  () => auditCapacity({ importance: [], kurtosis: 5, capacity: [] }),
  () => auditCapacity(audited, { resamples: -1 }),
  () => auditCapacity(audited, { permutations: 0 }),
  () => auditCapacity(audited, { confidence: 1 }),
  () => auditCapacity(audited, { confidence: 0 }),
  () => auditCapacity(audited, { outliers: -1 }),
  () => auditCapacity(audited, { seed: -1 }),
  () => activationStatistics(0),
  () => activationStatistics(2).add(new Float64Array(3), 2),
  () => activationStatistics(2).add(Float64Array.of(1, 2, 3, NaN), 2),
  () => activationStatistics(2).result(),
  () => varianceExplained([1, 2], [1]),
  () => varianceExplained([0, 1], [1, 0]),
]);
