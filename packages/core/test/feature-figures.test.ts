import { projector } from '@polysem/numerics/dense';
import { describe, expect, it } from 'vitest';
import { featureFigures, type EigenBasis } from '../src/streaming/feature-figures.ts';
import { sum } from './fixtures.ts';

/** The plane with eigenvectors along its axes. */
function basisOf(
  eigenvalues: readonly number[],
  scale = 1,
  probes: readonly number[][] = [],
): EigenBasis {
  const rank = eigenvalues.length;
  return {
    dims: 2,
    rank,
    vectors: Float64Array.of(1, 0, 0, 1).slice(0, 2 * rank),
    eigenvalues: Float64Array.from(eigenvalues),
    scale,
    probes: probes.map((signs) => Float64Array.from(signs)),
  };
}

/** The figures of a vector of the plane, by their definitions, with S = diag(lambda). */
function defined([x, y]: readonly number[], [first, second]: readonly number[]) {
  const n = x * x + y * y;
  const frame = first * x * x + second * y * y;
  const lever = (x * x) / first + (y * y) / second;
  const square = (x / first) ** 2 + (y / second) ** 2;
  return {
    squaredNorm: n,
    capacity: (n * n) / frame,
    leverage: lever,
    interference: frame / n - n,
    participation: (n * n) / (x ** 4 + y ** 4),
    frame,
    square,
  };
}

const FIGURES = ['squaredNorm', 'capacity', 'leverage', 'interference', 'participation'] as const;

/** Relative errors of a capacity and a leverage from those of coordinates. */
function errorsOf(vector: readonly number[], lambda: readonly number[], c: number, l = c) {
  const { squaredNorm: n, frame, leverage, square } = defined(vector, lambda);
  const inverse = 1 / lambda[0] + 1 / lambda[1];
  return {
    capacity:
      c * (1 + Math.sqrt((n * lambda[0]) / frame)) +
      ((c * c) / 4) * n * ((lambda[0] + lambda[1]) / frame),
    leverage: l * (Math.sqrt(n * square) / leverage) + ((l * l) / 4) * ((n * inverse) / leverage),
  };
}

const spread = (list: readonly number[]) => ({
  squares: sum(list.map((x) => x * x)),
  largest: Math.max(...list),
});

describe('the figures of features', () => {
  const lambda = [1, 2 ** -26];
  const strong = [
    [1 / 3, 0],
    [0.3, 2 ** -26 / 3],
    [-0.7, 0],
  ];
  // Nearly along the weak axis, where float32 is too coarse: errors of 2^-22 sqrt(lambda_1 / lambda_2).
  const weak = [
    [0, 2 ** -13 / 3],
    [2 ** -30 / 7, -(2 ** -13) / 5],
    [2 ** -29 / 3, 2 ** -12 / 11],
  ];
  const vectors = [strong[0], weak[0], [0, 0], weak[1], strong[1], strong[2], weak[2]];
  const calibration = { capacity: 2 ** -22, leverage: 2 ** -22 };
  const measured = (mode: 'auto' | 'float32' | 'float64') =>
    featureFigures(basisOf(lambda)).measure(
      Float64Array.from(vectors.flat()),
      vectors.length,
      mode,
      calibration,
    );

  it.each([
    ['float32', 0],
    ['auto', 3],
    ['float64', 7],
  ] as const)('are as accurate as their precision: %s', (mode, inFloat64) => {
    const found = measured(mode);
    expect([found.inFloat64, found.unresolved, found.measured]).toEqual([inFloat64, 0, 6]);
    const isFine = (vector: readonly number[]): boolean =>
      mode === 'float64' || (mode === 'auto' && weak.includes(vector as number[]));
    vectors.forEach((vector, f) => {
      if (f === 2) {
        for (const figure of FIGURES) expect(found[figure][f]).toBe(0);
        return;
      }
      const expected = defined(vector, lambda);
      for (const figure of FIGURES) {
        const error = Math.abs(found[figure][f] / expected[figure] - 1);
        // Interference is a difference, here of numbers of the same size at most.
        const rounding = isFine(vector) ? 2 ** -46 : mode === 'auto' ? 5e-6 : 2 ** -8;
        expect(error, `${figure} of ${f}`).toBeLessThan(rounding);
      }
    });
    // float64 is more accurate by 2^-29.
    const each = vectors
      .filter((_, f) => f !== 2)
      .map((vector) => errorsOf(vector, lambda, 2 ** -22 * (isFine(vector) ? 2 ** -29 : 1)));
    for (const figure of ['capacity', 'leverage'] as const) {
      const claimed = found.projectionError[figure];
      const expected = spread(each.map((error) => error[figure]));
      expect(claimed.largest / expected.largest).toBeCloseTo(1, 2);
      expect(claimed.squares / expected.squares).toBeCloseTo(1, 2);
    }
  });

  it('are repeated in float64 from an error of half the promise, 5e-6, of either figure', () => {
    const repeats = (capacity: number, leverage: number): number => {
      const vector = Float64Array.of(0.61, 0.78);
      const exact = 0.61 ** 2 + 0.78 ** 2;
      const kernel = featureFigures(basisOf([1, 1]));
      const found = kernel.measure(vector, 1, 'auto', { capacity, leverage });
      const error = Math.abs(found.squaredNorm[0] / exact - 1);
      expect(error < 2 ** -50).toBe(found.inFloat64 === 1);
      return found.inFloat64;
    };
    // Errors 2 c and c, and squares below 1e-10 of them.
    expect([repeats(2.499e-6, 0), repeats(2.501e-6, 0)]).toEqual([0, 1]);
    expect([repeats(0, 4.999e-6), repeats(0, 5.001e-6)]).toEqual([0, 1]);
  });

  it.each(['float64', 'float32'] as const)(
    'do not depend on the length of a vector, nor on the scale of the eigenvalues: %s',
    (mode) => {
      const scale = 8;
      const own = [2 ** 40, 2 ** 38];
      const signs = [
        [1, 1],
        [1, -1],
        [-1, -1],
      ];
      const basis = basisOf(
        own.map((x) => x * scale ** 2),
        scale,
        signs,
      );
      const rounding = mode === 'float64' ? 2 ** -46 : 2 ** -18;
      // Lengths within the range that needs no other scale, and beyond it at both ends.
      for (const exponent of [-60, -30, -20, -17, -3, 0, 3, 13, 17, 18]) {
        const vector = [0.6 * 2 ** exponent, -0.8 * 2 ** exponent];
        const found = featureFigures(basis).measure(Float64Array.from(vector), 1, mode, {
          capacity: 0,
          leverage: 0,
        });
        const expected = defined(vector, own);
        for (const figure of FIGURES)
          expect(
            Math.abs(found[figure][0] / expected[figure] - 1),
            `${figure} at 2^${exponent}`,
          ).toBeLessThan(rounding);
        // sum_k sign_k t_k^2 / lambda_k.
        const shares = vector.map((x, k) => (x * x) / own[k]);
        signs.forEach(([a, b], k) =>
          expect(
            Math.abs(found.probes[k] - (a * shares[0] + b * shares[1])) / expected.leverage,
          ).toBeLessThan(rounding),
        );
        // Relative errors per error of an entry of S, which has the scale of the eigenvalues.
        const ofCapacity = expected.squaredNorm / expected.frame / scale ** 2;
        const ofLeverage = expected.square / expected.leverage / scale ** 2;
        const { capacity, leverage } = found.frameError;
        expect(capacity.largest / ofCapacity).toBeCloseTo(1, 4);
        expect(capacity.squares / ofCapacity ** 2).toBeCloseTo(1, 4);
        expect(leverage.largest / ofLeverage).toBeCloseTo(1, 4);
        expect(leverage.squares / ofLeverage ** 2).toBeCloseTo(1, 4);
      }
    },
  );

  it('are at most 1 where they exceed it, as with eigenvalues that are too small', () => {
    const none = { capacity: 0, leverage: 0 };
    const found = featureFigures(basisOf([0.5, 0.5])).measure(
      Float64Array.of(1, 0, 0.5, 0),
      2,
      'float64',
      none,
    );
    expect([...found.capacity, ...found.leverage]).toEqual([1, 0.5, 1, 0.5]);
    // Interference is at least 0.
    expect([...found.interference]).toEqual([0, 0.25]);
  });

  it('count vectors with less than half of their squared length in the span as unresolved', () => {
    const none = { capacity: 0, leverage: 0 };
    const countsOf = (...vector: number[]): number[] => {
      const found = featureFigures(basisOf([4])).measure(
        Float64Array.from(vector),
        1,
        'float64',
        none,
      );
      return [found.unresolved, found.measured];
    };
    expect(countsOf(0.71, 0.7)).toEqual([0, 1]);
    expect(countsOf(1, -1)).toEqual([0, 1]);
    expect(countsOf(0.7, 0.71)).toEqual([1, 0]);
    expect(countsOf(0.6, 0.8)).toEqual([1, 0]);
    expect(countsOf(0, 1)).toEqual([1, 0]);
    expect(countsOf(0, 0)).toEqual([0, 0]);
  });

  it('free the memory of each precision that was used', () => {
    const closed: string[] = [];
    const kernel = featureFigures(basisOf([1, 1]), (options) => {
      const made = projector(options);
      return { ...made, close: () => void closed.push(options.precision) };
    });
    kernel.close();
    expect(closed).toEqual([]);
    kernel.calibrate(Float64Array.of(1, 2), 1);
    kernel.close();
    expect(closed.toSorted()).toEqual(['float32', 'float64']);
  });

  it('differ between the precisions by as much as the calibration says, at most', () => {
    const own = [3, 2 ** -6];
    const sample = Array.from({ length: 40 }, (_, i) => [Math.sin(i) / 3, Math.cos(7 * i) / 50]);
    // A zero vector does not count.
    sample[5] = [0, 0];
    const numbers = (): Float64Array => Float64Array.from(sample.flat());
    const kernel = featureFigures(basisOf(own));
    const calibrated = kernel.calibrate(numbers(), 40);
    const [coarse, fine] = (['float32', 'float64'] as const).map((mode) =>
      kernel.measure(numbers(), 40, mode, calibrated),
    );
    // The length of a vector makes no difference.
    expect(
      kernel.calibrate(
        numbers().map((x) => x * 2 ** -145),
        40,
      ),
    ).toEqual(calibrated);
    for (const figure of ['capacity', 'leverage'] as const) {
      const ratios = sample.map((vector, f) => {
        if (f === 5) return 0;
        const unit = errorsOf(vector, own, 1)[figure];
        return Math.abs(coarse[figure][f] / fine[figure][f] - 1) / unit;
      });
      expect(calibrated[figure]).toBeGreaterThan(2 ** -30);
      expect(Math.max(...ratios) / calibrated[figure]).toBeCloseTo(1, 6);
    }
  });
});
