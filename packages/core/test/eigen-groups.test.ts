import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '@polysem/numerics/elementary';
import { generator } from '@polysem/numerics/random';
import { leftSingular } from '../src/embedding/singular.ts';
import { eigenGroups, type ComponentSpectrum } from '../src/geometry/eigen-groups.ts';
import { randomTightFrame } from '../src/geometry/random-tight-frame.ts';
import { gaussianEmbedding } from './fixtures.ts';

const exact = { sigma: 0, rounding: 1e-9, significance: 1e-3 };

/** True if eigenvalues of a component are in common with those of another. */
function join(
  one: { eigenvalues: readonly number[]; features: number },
  other: { eigenvalues: readonly number[]; features: number },
  noise: typeof exact,
): boolean {
  const spectra = [one, other].map(({ eigenvalues, features }) => ({
    eigenvalues: Float64Array.from(eigenvalues),
    features,
  }));
  return eigenGroups(spectra, noise).length === 1;
}

describe('eigenGroups without noise', () => {
  it('joins the components that have an eigenvalue in common, directly or by others', () => {
    const value = fc.integer({ min: 1, max: 14 });
    const spectrum = fc.array(value, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(spectrum, { maxLength: 7 }), (lists) => {
        const found = eigenGroups(
          lists.map((list) => ({
            eigenvalues: Float64Array.from(list.toSorted((a, b) => b - a)),
            features: 9,
          })),
          exact,
        );
        // A component's label is the smallest that reaches it over shared values.
        const labels = lists.map((_, k) => k);
        for (let round = 0; round < lists.length; round++)
          lists.forEach((list, k) =>
            lists.forEach((other, j) => {
              if (list.some((x) => other.includes(x))) labels[k] = Math.min(labels[k], labels[j]);
            }),
          );
        const expected = [...new Set(labels)].map((label) =>
          lists.flatMap((_, k) => (labels[k] === label ? [k] : [])),
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('takes eigenvalues as equal that differ by up to two roundings', () => {
    const single = (value: number) => ({ eigenvalues: [value], features: 1 });
    expect(join(single(1), single(1 + 1.99e-9), exact)).toBe(true);
    expect(join(single(1), single(1 + 2.01e-9), exact)).toBe(false);
    // A run of two has its mean at 1 and no eigenvalue there.
    const pair = (spread: number) => ({
      eigenvalues: [1 + spread / 2, 1 - spread / 2],
      features: 2,
    });
    const third = (spread: number) => single(1 + spread / 2 + 1.5e-9);
    expect(join(pair(1.99e-9), third(1.99e-9), exact)).toBe(false);
    expect(join(pair(2.01e-9), third(2.01e-9), exact)).toBe(true);
  });
});

/** The non-zero eigenvalues of a random tight frame of gamma 1 in noise. */
function noisyBlock(seed: number, features: number, own: number): ComponentSpectrum {
  const g = generator(seed);
  const frame = randomTightFrame(g, features, own);
  const w = gaussianEmbedding(DIMS, features, seed + 1e6);
  for (let i = 0; i < features; i++) {
    for (let d = 0; d < DIMS; d++) {
      w.data[i * DIMS + d] *= SIGMA;
      if (d < own) w.data[i * DIMS + d] += frame.data[i * own + d];
    }
  }
  return {
    eigenvalues: leftSingular(w)
      .values.slice(0, own)
      .map((x) => x * x),
    features,
  };
}

const [DIMS, SIGMA] = [8, 0.05];

describe('eigenGroups in noise', () => {
  it('joins components with equal eigenvalues up to the noise, and no others', () => {
    const noise = { sigma: 0.01, rounding: 1e-14, significance: 1e-3 };
    const component = (...eigenvalues: number[]) => ({
      eigenvalues: Float64Array.from(eigenvalues),
      features: 10,
    });
    expect(eigenGroups([component(1.01, 0.99), component(2), component(1.005, 1)], noise)).toEqual([
      [0, 2],
      [1],
    ]);
    // A component that is not tight belongs to the eigenspaces of all its eigenvalues.
    expect(eigenGroups([component(2, 1), component(2), component(1)], noise)).toEqual([[0, 1, 2]]);
    expect(eigenGroups([component(1), component(1 + 1e-9)], { ...noise, sigma: 0 })).toEqual([
      [0],
      [1],
    ]);
  });

  it('separates equal gammas as often as the significance says', () => {
    const significance = 0.2;
    const noise = { sigma: SIGMA, rounding: 1e-12, significance };
    const draws = 1500;
    let separated = 0;
    for (let seed = 0; seed < draws; seed++) {
      // Noise shifts the mean eigenvalues by 0.025 and 0.163, which is 1.5 standard errors of their difference.
      const spectra = [noisyBlock(2 * seed, 4, 2), noisyBlock(2 * seed + 1, 60, 3)];
      if (eigenGroups(spectra, noise).length > 1) separated++;
    }
    // Four standard errors of the share, and the third order that the variances leave out, about N sigma^2 of them.
    const share = separated / draws;
    expect(Math.abs(share - significance)).toBeLessThan(
      4 * Math.sqrt((significance * (1 - significance)) / draws) + 0.03,
    );
  });

  it.each([2, 5])('divides a run of %d with a spread that noise does not explain', (size) => {
    const noise = { sigma: 0.01, rounding: 0.001, significance: 1e-3 };
    const [gamma, features] = [2, 1000];
    // Edges of the Gaussian orthogonal ensemble at +-2 sqrt(size) of its off-diagonal deviation sigma sqrt(2 gamma), with
    // tails exp(-t^2 / 4); those of E E^T; and rounding at both ends.
    const tail = Math.sqrt(4 * Math.log(2 / noise.significance));
    const width =
      2 * noise.sigma * Math.sqrt(2 * gamma) * (2 * Math.sqrt(size) + tail) +
      4 * noise.sigma ** 2 * Math.sqrt(features * size) +
      2 * noise.rounding;
    for (const [factor, isOne] of [
      [0.999, true],
      [1.001, false],
    ] as const) {
      // Equal but for one at each end, with a mean of gamma, and the widest gap before the last.
      const spread = (factor * width) / 2;
      const offset = size > 2 ? 0.01 : 0;
      const inner = Array.from({ length: size - 2 }, () => gamma + (2 * offset) / (size - 2));
      const eigenvalues = [gamma + spread - offset, ...inner, gamma - spread - offset];
      // Noise shifts all means by the same.
      const single = (value: number) => ({ eigenvalues: [value], features: features - size + 1 });
      const own = { eigenvalues, features };
      expect(join(own, single(gamma), noise)).toBe(isOne || size > 2);
      expect(join(own, single(eigenvalues[size - 1]), noise)).toBe(!isOne);
    }
  });

  it('divides at the widest gap, not at the first', () => {
    // The width of noise is about 0.01 (size 4) and below (size 2). Any other division leaves a run with a mean elsewhere.
    const noise = { sigma: 3e-4, rounding: 0, significance: 1e-3 };
    const own = { eigenvalues: [1.012, 1.006, 0.994, 0.988], features: 4 };
    const single = (value: number) => ({ eigenvalues: [value], features: 1 });
    for (const [value, isJoined] of [
      [1.009, true],
      [0.991, true],
      [1.0125, false],
      [1, false],
      [0.9875, false],
    ] as const)
      expect(join(own, single(value), noise)).toBe(isJoined);
  });

  it('joins single eigenvalues up to the quantile of their difference', () => {
    const sigma = 0.1;
    const noise = { sigma, rounding: 0.01, significance: 1e-3 };
    for (const [one, other] of [
      [5, 5],
      [5, 400],
    ]) {
      const mean = 2;
      const variance = (n: number, gamma: number): number =>
        4 * gamma * sigma ** 2 + 2 * n * sigma ** 4;
      const shift = sigma ** 2 * (other - one);
      const reaches = (distance: number): boolean =>
        join(
          { eigenvalues: [mean], features: one },
          { eigenvalues: [mean + shift + distance], features: other },
          noise,
        );
      const edge = bisected(reaches);
      const deviation = Math.sqrt(variance(one, mean) + variance(other, mean + shift + edge));
      expect((edge - 2 * noise.rounding) / deviation).toBeCloseTo(-normalQuantile(5e-4), 9);
    }
  });

  it('compares the means of runs at the significance divided by the number of pairs', () => {
    const sigma = 0.01;
    const noise = { sigma, rounding: 0, significance: 1e-3 };
    // Variance 4 gamma sigma^2 / D_k + 2 N sigma^4 / D_k and shift sigma^2 (N - D_k).
    const [one, other] = [
      { eigenvalues: [2, 2, 2], features: 5000 },
      { eigenvalues: [2, 2, 2, 2, 2, 2, 2], features: 2000 },
    ];
    const shift = sigma ** 2 * (5000 - 3 - (2000 - 7));
    const far = [100, 200, 300].map((x) => ({ eigenvalues: Float64Array.of(x), features: 1 }));
    const edge = bisected((distance) => {
      const moved = other.eigenvalues.map((x) => x - shift + distance);
      const pair = [one.eigenvalues, moved].map((list, k) => ({
        eigenvalues: Float64Array.from(list),
        features: [5000, 2000][k],
      }));
      return eigenGroups([...pair, ...far], noise).length === 4;
    });
    const variance = (gamma: number, n: number, dims: number): number =>
      (4 * gamma * sigma ** 2 + 2 * n * sigma ** 4) / dims;
    const deviation = Math.sqrt(variance(2, 5000, 3) + variance(2 - shift + edge, 2000, 7));
    // Five clusters are ten pairs.
    expect(edge / deviation).toBeCloseTo(-normalQuantile(5e-5), 9);
  });
});

/** The largest distance within which a predicate holds. */
function bisected(holds: (distance: number) => boolean): number {
  let [low, high] = [0, 20];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
