import { describe, expect, it } from 'vitest';
import { featureFigures, type EigenBasis } from '../src/streaming/feature-figures.ts';
import { spectralKernel } from '../src/streaming/geometry/spectral-kernel.ts';
import { streamWorker } from '../src/streaming/stream-worker.ts';

describe('spectralKernel', () => {
  const order = {
    dims: 2,
    rank: 2,
    vectors: Float64Array.of(1, 0, 0, 1),
    eigenvalues: Float64Array.of(4, 1),
    eigenspaces: [4, 1].map((eigenvalue, first) => ({ eigenvalue, dims: 1, spread: 0, first })),
    scale: 1,
  };

  it('measures every feature of a chunk with more coordinates than it computes at once', () => {
    // 2^19 coordinates are computed at once: three passes, the last for three features.
    const count = 2 ** 19 + 3;
    const chunk = new Float64Array(2 * count);
    // Vectors (3, 4) and (1, 0) in turn.
    for (let f = 0; f < count; f++) chunk.set(f % 2 === 0 ? [3, 4] : [1, 0], 2 * f);
    const { mean, variance, localisation, eigenspace } = spectralKernel(order)(chunk, count);
    let wrong = 0;
    for (let f = 0; f < count; f++) {
      const [m, v, l, e] = f % 2 === 0 ? [2.08, 2.0736, 0.5392, 1] : [4, 0, 1, 0];
      const isRight =
        Math.abs(mean[f] - m) < 1e-12 &&
        Math.abs(variance[f] - v) < 1e-12 &&
        Math.abs(localisation[f] - l) < 1e-12 &&
        eigenspace[f] === e;
      if (!isRight) wrong++;
    }
    expect([mean.length, wrong]).toEqual([count, 0]);
  });
});

describe('featureFigures', () => {
  const basis: EigenBasis = {
    dims: 2,
    rank: 1,
    vectors: Float64Array.of(1, 0),
    eigenvalues: Float64Array.of(2),
    scale: 1,
    probes: [Float64Array.of(1)],
  };
  /** In the span; mostly outside it, with a length above and below 1; and zero. */
  const vectors = [
    [1, 0],
    [0.5, 2],
    [0.25, 0.75],
    [0, 0],
  ].flat();
  const measure = (mode: 'auto' | 'float32' | 'float64', error: number) =>
    featureFigures(basis).measure(Float32Array.from(vectors), 4, mode, {
      capacity: error,
      leverage: error,
    });

  it('repeats in float64 all features that are too coarse, also those outside the span', () => {
    expect(measure('auto', 1e-3).inFloat64).toBe(3);
    expect(measure('auto', 1e-9).inFloat64).toBe(0);
  });

  it('computes all features in one precision where one is given', () => {
    expect(measure('float32', 1e-3).inFloat64).toBe(0);
    expect(measure('float64', 1e-3).inFloat64).toBe(4);
  });

  it('counts features in and outside the span', () => {
    for (const mode of ['auto', 'float32', 'float64'] as const) {
      const { measured, unresolved, squaredNorm, leverage, capacity } = measure(mode, 1e-3);
      expect([measured, unresolved]).toEqual([1, 2]);
      expect(squaredNorm).toEqual(Float64Array.of(1, 4.25, 0.625, 0));
      expect(leverage).toEqual(Float64Array.of(0.5, 0.125, 0.03125, 0));
      // |P w|^4 / w . S w with S = 2 P.
      expect(capacity).toEqual(Float64Array.of(0.5, 0.125, 0.03125, 0));
    }
  });

  it('repeats in float64 only what float32 computes too coarsely', () => {
    // A strong and a weak axis, whose coordinates have errors of the square root of their ratio, 10^3.
    const space: EigenBasis = {
      ...basis,
      rank: 2,
      vectors: Float64Array.of(1, 0, 0, 1),
      eigenvalues: Float64Array.of(1e6, 1),
    };
    const chunk = [0.7, 0.1, 1e-4, 0.3, 0.9, -0.2, 3e-5, -0.4, 0.6, 0.01];
    const figures = (mode: 'auto' | 'float32' | 'float64') =>
      featureFigures(space).measure(Float64Array.from(chunk), 5, mode, {
        capacity: 1e-7,
        leverage: 0,
      });
    const [found, coarse, fine] = [figures('auto'), figures('float32'), figures('float64')];
    expect(found.inFloat64).toBe(2);
    for (const name of [
      'capacity',
      'leverage',
      'interference',
      'participation',
      'squaredNorm',
    ] as const) {
      [0, 1, 2, 3, 4].forEach((f) =>
        expect(found[name][f], `${name} ${f}`).toBe((f % 2 === 1 ? fine : coarse)[name][f]),
      );
      expect(coarse[name]).not.toEqual(fine[name]);
    }
  });

  it.each([1, 2 ** 30, 2 ** -70])(
    'has the figures of the definition, with S in units of %d',
    (scale) => {
      // S = diag(400, 100) and vectors (3, 4) of several lengths: |w|^2 = 25, w . S w = 5200, w . S^-1 w = 0.1825.
      const space: EigenBasis = {
        dims: 2,
        rank: 2,
        vectors: Float64Array.of(1, 0, 0, 1),
        eigenvalues: Float64Array.of(400, 100).map((x) => x * scale * scale),
        scale,
        probes: [Float64Array.of(1, -1)],
      };
      const lengths = [1, 2 ** -40, 2 ** -10, 0, 2 ** -100];
      const chunk = Float64Array.from(lengths.flatMap((x) => [3 * x, 4 * x]));
      const calibration = { capacity: 0, leverage: 0 };
      const found = featureFigures(space).measure(chunk, lengths.length, 'float64', calibration);
      const near = (value: number, expected: number): void => {
        if (expected === 0) expect(value).toBe(0);
        else expect(value / expected).toBeCloseTo(1, 14);
      };
      lengths.forEach((x, f) => {
        near(found.squaredNorm[f], 25 * x * x);
        near(found.capacity[f], (625 / 5200) * x * x);
        near(found.leverage[f], 0.1825 * x * x);
        near(found.interference[f], x === 0 ? 0 : 208 - 25 * x * x);
        near(found.participation[f], x === 0 ? 0 : 625 / (81 + 256));
      });
      // Sums of t_k^2 / lambda_k with the signs of the probe.
      const squares = lengths.reduce((sum, x) => sum + x * x, 0);
      near(found.probes[0], (9 / 400 - 16 / 100) * squares);
      expect([found.measured, found.unresolved]).toEqual([4, 0]);
    },
  );

  it('measures the errors of float32 in units of each vector', () => {
    const wide: EigenBasis = {
      dims: 3,
      rank: 3,
      vectors: Float64Array.of(0.6, 0.8, 0, 0.8, -0.6, 0, 0, 0, 1),
      eigenvalues: Float64Array.of(5, 2, 0.01),
      scale: 1,
      probes: [],
    };
    const chunk = [0.1, 0.2, 0.3, 0.7, -0.9, 0.011, 1.1, 1.3, -0.017, 0.31, 0.57, 0.29];
    const calibrated = (scales: readonly number[]) =>
      featureFigures(wide).calibrate(
        Float64Array.from(chunk, (x, j) => x * scales[Math.floor(j / 3)]),
        4,
      );
    const { capacity, leverage } = calibrated([1, 1, 1, 1]);
    // A rounding of float32, 2^-24, and a few of them in a sum of three products.
    expect(capacity).toBeGreaterThan(2 ** -27);
    expect(capacity).toBeLessThan(2 ** -21);
    expect(leverage).toBeGreaterThan(2 ** -27);
    expect(leverage).toBeLessThan(2 ** -21);
    // Powers of two change no rounding, also beyond the range of float32.
    expect(calibrated([2 ** -200, 1, 2 ** 150, 2 ** -40])).toEqual({ capacity, leverage });
  });
});

it('a worker that rests has forgotten all that tasks opened', () => {
  const work = streamWorker();
  const chunk = Float64Array.of(3, 4);
  const one = { chunk, count: 1 };
  const calibration = { capacity: 0, leverage: 0 };
  const unit = Float64Array.of(1, 0, 0, 1);
  const begin = (): void => {
    const spectrum = { dims: 2, rank: 2, vectors: unit, eigenvalues: Float64Array.of(4, 1) };
    work('openRows', { dims: 2, from: 0, to: 2, precision: 'float64', scale: 1 });
    work('openFigures', { ...spectrum, scale: 1, probes: [] });
    work('openRotation', { dims: 2, vectors: unit, scale: 1 });
    work('openProducts', { dims: 2, count: 2, rows: unit, precision: 'float64' });
    work('openSpectral', { ...spectrum, eigenspaces: [], scale: 1 });
    work('openNeurons', { largest: Float64Array.of(4, 4), threshold: 0.5 });
  };
  const uses = {
    addToRows: () => work('addToRows', one),
    keepRows: () => work('keepRows', null),
    calibrate: () => work('calibrate', { chunk: chunk.slice(), count: 1 }),
    figures: () => work('figures', { chunk: chunk.slice(), count: 1, mode: 'auto', calibration }),
    rotate: () => work('rotate', { chunk: chunk.slice(), count: 1 }),
    products: () => work('products', one),
    spectral: () => work('spectral', { chunk: chunk.slice(), count: 1 }),
    neurons: () => work('neurons', one),
    closeRows: () => work('closeRows', null),
  };
  begin();
  for (const use of Object.values(uses)) expect(use).not.toThrow();
  // Closing is an end too.
  expect(uses.addToRows).toThrow('was not begun');
  begin();
  work('rest', null);
  for (const use of Object.values(uses)) expect(use).toThrow('was not begun');
});
