import { expect, it } from 'vitest';
import { measureCapacity } from '../src/capacity/measure.ts';
import { embedding } from '../src/embedding/embedding.ts';
import {
  gaussianBaselineFigures,
  similarSize,
  simulatedBaselineFigures,
  unitVectorBaselineFigures,
} from '../src/streaming/baselines/baseline-figures.ts';
import { spectrumBaselineFigures } from '../src/streaming/baselines/spectrum-baseline.ts';

const PROBABILITIES = [0.1, 0.5, 0.9];

/** The quantile of Beta(1, b), whose distribution function is 1 - (1 - x)^b. */
const quantile = (p: number, b: number): number => (b === 0 ? 1 : 1 - (1 - p) ** (1 / b));

it.each([2, 3, 5, 40])(
  'of %i Gaussian features in two dimensions have closed forms',
  (features) => {
    const { figures, capacityQuantile, leverageQuantile, ...rest } = gaussianBaselineFigures(
      2,
      features,
    );
    expect(rest).toEqual({ name: 'random Gaussian', how: 'closed form', dims: 2, features });
    // C ~ Beta(1, (N - 1) / 2), and C~ ~ Beta(1, (N - 2) / 2).
    const [b, rest2] = [(features - 1) / 2, (features - 2) / 2];
    for (const p of PROBABILITIES) {
      expect(capacityQuantile?.(p)).toBeCloseTo(quantile(p, b), 9);
      expect(leverageQuantile?.(p)).toBeCloseTo(quantile(p, rest2), 9);
    }
    expect(figures).toEqual({
      efficiency: expect.closeTo(features / (features + 1), 12) as number,
      meanCapacity: expect.closeTo(2 / (features + 1), 12) as number,
      medianCapacity: expect.closeTo(quantile(0.5, b), 9) as number,
      meanLeverage: 2 / features,
      medianLeverage: expect.closeTo(quantile(0.5, rest2), 9) as number,
      spectrumEvenness: features / (features + 3),
    });
  },
);

it('are whole for one feature, and have no closed form of the evenness for fewer than D', () => {
  const { figures, capacityQuantile, leverageQuantile } = gaussianBaselineFigures(3, 1);
  for (const p of PROBABILITIES)
    expect([capacityQuantile?.(p), leverageQuantile?.(p)]).toEqual([1, 1]);
  expect(figures).toEqual({
    efficiency: 1,
    meanCapacity: 1,
    medianCapacity: 1,
    meanLeverage: 1,
    medianLeverage: 1,
    spectrumEvenness: null,
  });
  for (const of of [gaussianBaselineFigures, unitVectorBaselineFigures]) {
    expect(of(5, 4).figures.spectrumEvenness).toBeNull();
    expect(of(5, 4).figures.meanLeverage).toBe(1);
    expect(of(5, 5).figures.spectrumEvenness).not.toBeNull();
  }
});

it.each([
  [2, 2],
  [3, 8],
  [8, 30],
])(
  'of random unit vectors in %i dimensions have the moments of the spectrum of %i',
  (dims, features) => {
    const { figures, capacityQuantile, leverageQuantile, ...rest } = unitVectorBaselineFigures(
      dims,
      features,
    );
    expect(rest).toEqual({ name: 'random unit vectors', how: 'closed form', dims, features });
    expect(leverageQuantile).toBeNull();
    // tr S = N, and E tr S^2 = N plus 1 / D for each of N (N - 1) squared cosines.
    const evenness = features ** 2 / (features + (features * (features - 1)) / dims) / dims;
    expect(figures.spectrumEvenness).toBeCloseTo(evenness, 14);
    expect([figures.meanLeverage, figures.medianLeverage]).toEqual([dims / features, null]);
    expect((figures.efficiency ?? NaN) * dims).toBeCloseTo(
      (figures.meanCapacity ?? NaN) * features,
      12,
    );
    expect(figures.medianCapacity).toBe(capacityQuantile?.(0.5));
  },
);

it('of a matrix are those of its measurement', () => {
  // S = [[2, 1], [1, 2]], with eigenvalues 3 and 1.
  const w = embedding(2, 3, Float64Array.of(1, 0, 0, 1, 1, 1));
  const { figures, ...rest } = simulatedBaselineFigures('three', measureCapacity(w));
  expect(rest).toEqual({
    name: 'three',
    how: 'simulated',
    dims: 2,
    features: 3,
    capacityQuantile: null,
    leverageQuantile: null,
  });
  // n^2 / w . S w, and w . S^-1 w.
  const near = (value: number): number => expect.closeTo(value, 12) as number;
  expect(figures).toEqual({
    efficiency: near((1 / 2 + 1 / 2 + 4 / 6) / 2),
    meanCapacity: near(5 / 9),
    medianCapacity: near(1 / 2),
    meanLeverage: near(2 / 3),
    medianLeverage: near(2 / 3),
    spectrumEvenness: near(4 ** 2 / (9 + 1) / 2),
  });
  const nothing = simulatedBaselineFigures('nothing', measureCapacity(embedding(2, 3)));
  expect(nothing.figures).toEqual({
    efficiency: 0,
    meanCapacity: 0,
    medianCapacity: 0,
    meanLeverage: 0,
    medianLeverage: 0,
    spectrumEvenness: 0,
  });
});

it('of a spectrum have the leverages of a random plane', () => {
  const singularValues = Float64Array.of(3, 1);
  const { figures, leverageQuantile, ...rest } = spectrumBaselineFigures(
    { dims: 4, features: 7, singularValues },
    { seed: 1, samples: 10 },
  );
  expect(rest).toMatchObject({ name: 'own spectrum', how: 'simulated', dims: 4, features: 7 });
  // C~ ~ Beta(1, (N - 2) / 2).
  for (const p of PROBABILITIES) expect(leverageQuantile?.(p)).toBeCloseTo(quantile(p, 2.5), 9);
  expect(figures.medianLeverage).toBeCloseTo(quantile(0.5, 2.5), 9);
  expect(figures.meanLeverage).toBe(2 / 7);
  // (9 + 1)^2 / (81 + 1) of two directions.
  expect(figures.spectrumEvenness).toBeCloseTo(100 / 82 / 2, 14);
});

it('are simulated with as many dimensions as 2 N D^2 multiply-adds allow, at least one', () => {
  // 2 * 320 * 40^2 is about a million.
  expect(similarSize(1000, 8000, 1e6)).toEqual({ dims: 40, features: 320 });
  expect(similarSize(10, 20, 4000)).toEqual({ dims: 10, features: 20 });
  expect(similarSize(10, 20, 1e9)).toEqual({ dims: 10, features: 20 });
  expect(similarSize(10, 20, 4000 * 0.85 ** 3)).toEqual({ dims: 9, features: 18 });
  expect(similarSize(10, 3, 1)).toEqual({ dims: 1, features: 1 });
  expect(similarSize(1000, 3000, 1)).toEqual({ dims: 1, features: 3 });
});
