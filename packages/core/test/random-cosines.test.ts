import { describe, expect, it } from 'vitest';
import { generator, normal } from '@polysem/numerics/random';
import {
  compareFeatures,
  largestRandomCosine,
  probabilityAbove,
  randomCosineShares,
} from '@polysem/core/compare';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';

/** Mean and standard error of the largest cosine of a fixed direction with `count` random ones. */
function sampled(dims: number, count: number, isFree: boolean): { mean: number; error: number } {
  const g = generator(dims * 1000 + count);
  const largest = Float64Array.from({ length: 4000 }, () => {
    let most = -1;
    for (let k = 0; k < count; k++) {
      const v = Float64Array.from({ length: dims }, () => normal(g));
      const cosine = v[0] / Math.hypot(...v);
      most = Math.max(most, isFree ? Math.abs(cosine) : cosine);
    }
    return most;
  });
  const mean = sum(largest) / largest.length;
  const variance = sum(largest.map((x) => (x - mean) ** 2)) / (largest.length - 1);
  return { mean, error: Math.sqrt(variance / largest.length) };
}

describe('the largest cosine with random directions', () => {
  it('has the published expectations', () => {
    // Computed for Chanin et al., arXiv:2602.14687, whose dictionary of 16,384 x 768 has 0.15, and for two larger ones.
    expect(largestRandomCosine(768, 16_383, 'free')).toBeCloseTo(0.1485, 4);
    expect(largestRandomCosine(2304, 262_143, 'free')).toBeCloseTo(0.0984, 4);
    expect(largestRandomCosine(50, 399_999, 'free')).toBeCloseTo(0.6162, 4);
  });

  it('has the closed forms of few directions and dimensions', () => {
    // Mean |cos|: Gamma(D/2) / (sqrt(pi) Gamma((D + 1)/2)).
    for (const [dims, mean] of [
      [1, 1],
      [2, 2 / Math.PI],
      [3, 1 / 2],
      [4, 4 / (3 * Math.PI)],
    ])
      expect(largestRandomCosine(dims, 1, 'free')).toBeCloseTo(mean, 9);
    // In three dimensions cosines are uniform on [-1, 1]: the largest of M has mean (M - 1)/(M + 1).
    for (const count of [1, 2, 9, 400, 0.5, 1.5, 20.3])
      expect(largestRandomCosine(3, count, 'fixed')).toBeCloseTo((count - 1) / (count + 1), 9);
    // In one dimension they are -1 or 1.
    expect(largestRandomCosine(1, 3, 'fixed')).toBeCloseTo(1 - 2 / 8, 9);
    for (const threshold of [-1, -0.3, 0, 0.7, 1]) {
      const above = (1 - threshold) / 2;
      expect(probabilityAbove(3, 2, threshold, 'fixed')).toBeCloseTo(1 - (1 - above) ** 2, 12);
      const outside = threshold < 0 ? 1 : 1 - threshold;
      expect(probabilityAbove(3, 2, threshold, 'free')).toBeCloseTo(1 - (1 - outside) ** 2, 12);
    }
    for (const count of [0, -1, NaN]) {
      const message = `count: must be positive, got ${count}`;
      expect(() => largestRandomCosine(3, count, 'free')).toThrow(message);
      expect(() => probabilityAbove(3, count, -0.5, 'fixed')).toThrow(message);
    }
  });

  it('is refused without dimensions', () => {
    for (const dims of [0, 2.5]) {
      expect(() => probabilityAbove(dims, 1, 0.5, 'fixed')).toThrow(/^dims: /);
      expect(() => largestRandomCosine(dims, 1, 'fixed')).toThrow(/^dims: /);
    }
  });

  it('is refused for a threshold that is no cosine', () => {
    for (const threshold of [1.5, 1 + 2 ** -52, -1 - 2 ** -52, NaN])
      expect(() => probabilityAbove(3, 1, threshold, 'fixed')).toThrow(/^threshold: /);
  });

  it('has shares of bins that follow from uniform cosines in three dimensions', () => {
    // P(max <= t) = ((1 + t) / 2)^M, and t^M for |cosine|.
    const edges = [-1, -0.25, 0, 0.5, 1];
    for (const count of [1, 2, 7]) {
      const below = (signs: string, t: number): number =>
        signs === 'fixed' ? ((1 + t) / 2) ** count : Math.max(0, t) ** count;
      for (const signs of ['fixed', 'free'] as const) {
        const shares = randomCosineShares(3, count, signs, edges);
        expect(shares).toHaveLength(4);
        shares.forEach((share, b) =>
          expect(share).toBeCloseTo(below(signs, edges[b + 1]) - below(signs, edges[b]), 12),
        );
      }
    }
    // In one dimension cosines are -1 or 1, which is above all edges.
    expect([...randomCosineShares(1, 2, 'fixed', [-1, 0, 1])]).toEqual([0.25, 0.75]);
  });

  it.each([
    [[0.5, 0.5], 'edges: must ascend, got 0.5 before 0.5'],
    [[0, 0.5, 0.25], 'edges: must ascend, got 0.5 before 0.25'],
    [[0, NaN], 'edges: must ascend, got 0 before NaN'],
    [[-1.5, 0], 'threshold: '],
    [[0, 1.5], 'threshold: '],
  ])('has no shares between edges %j', (edges, message) => {
    expect(() => randomCosineShares(3, 1, 'fixed', edges)).toThrow(message);
  });

  it('agrees with random draws', () => {
    for (const [dims, count] of [
      [2, 5],
      [5, 1],
      [8, 20],
    ])
      for (const signs of ['fixed', 'free'] as const) {
        const { mean, error } = sampled(dims, count, signs === 'free');
        // Four standard errors: 6 in 100,000 by chance, with a fixed seed.
        expect(Math.abs(largestRandomCosine(dims, count, signs) - mean)).toBeLessThan(4 * error);
      }
  });
});

describe('the pairs of random dictionaries', () => {
  it('have the share of each bin of 0.025 that the law of a cosine gives', async () => {
    const w = gaussianEmbedding(3, 4, 1);
    const names = ['a', 'b', 'c', 'd'];
    const [source, by] = [embeddingSource(w), 'names' as const];
    const { chance } = await compareFeatures(source, source, { by, names: [names, names] });
    // Archimedes: cosines of random directions in three dimensions are uniform in [-1, 1].
    const shares = [...(chance?.shares ?? [])];
    expect(shares).toHaveLength(2 / 0.025);
    for (const share of shares) expect(share).toBeCloseTo(0.025 / 2, 9);
  });

  it.each([
    ['fixed', 0],
    ['free', 0],
    ['fixed', 1e8],
  ] as const)(
    'have the expected number and cosine (%s signs, up to %i assigned)',
    async (signs, assignUpTo) => {
      // Many small dictionaries: 40 pairs of 25 and 35 features in 6 dimensions.
      const [dims, a, b, draws] = [6, 25, 35, 40];
      let pairs = 0;
      let expected: Awaited<ReturnType<typeof compareFeatures>>['chance'] = null;
      const cosines: number[] = [];
      const counts: number[] = [];
      for (let draw = 0; draw < draws; draw++) {
        const [left, right] = [
          gaussianEmbedding(dims, a, 1000 + draw),
          gaussianEmbedding(dims, b, 2000 + draw),
        ];
        // oxlint-disable-next-line no-await-in-loop
        const found = await compareFeatures(embeddingSource(left), embeddingSource(right), {
          signs,
          assignUpTo,
        });
        expected = found.chance;
        pairs += found.pairs.a.length;
        counts.push(found.pairs.a.length);
        cosines.push(...found.pairs.cosine.map((x) => (signs === 'free' ? Math.abs(x) : x)));
      }
      if (expected === null) throw new Error('no chance');
      const spread = (values: readonly number[], mean: number): number =>
        Math.sqrt(sum(values.map((x) => (x - mean) ** 2)) / (values.length - 1));
      const perDraw = spread(counts, pairs / draws) / Math.sqrt(draws);
      // Four standard errors of the mean over draws; an assignment always has as many pairs.
      expect(Math.abs(pairs / draws - expected.pairs)).toBeLessThanOrEqual(4 * perDraw);
      const mean = sum(cosines) / pairs;
      // Cosines of one draw are correlated: of an assignment by as much as their mean varies, of mutual neighbours little.
      const error = expected.standardDeviation ?? spread(cosines, mean) / Math.sqrt(pairs / draws);
      expect(Math.abs(mean - expected.meanCosine)).toBeLessThan(
        (4 * error) / Math.sqrt(draws) + error / 5,
      );
      const above = cosines.filter((x) => x > 0.7).length / pairs;
      expect(Math.abs(above - expected.shareAbove)).toBeLessThan(0.06);
    },
  );
});
