import { expect, it } from 'vitest';
import { binEdges, histogram } from '../src/capacity/histogram.ts';
import { COSINE_BINS } from '../src/compare/comparison.ts';
import { pairChance } from '../src/compare/pair-chance.ts';
import { unitVectorSource } from '../src/streaming/baselines/unit-vector-source.ts';
import { sum } from './fixtures.ts';

const sizes = {
  dims: 2,
  features: [1, 1],
  pairing: 'one-to-one',
  aligned: false,
  threshold: 0.3,
} as const;

/** The direction of the single feature of the random dictionary of a seed. */
async function direction(seed: number): Promise<ArrayLike<number>> {
  return unitVectorSource({ dims: 2, features: 1, seed, precision: 'float64' }).read(0, 1);
}

it('simulates 50 pairs of dictionaries of consecutive seeds', async () => {
  for (const [signs, seed] of [
    ['fixed', undefined],
    ['free', 7],
  ] as const) {
    const cosines: number[] = [];
    for (let k = 0; k < 50; k++) {
      const first = (seed ?? 0) + 2 * k;
      // oxlint-disable-next-line no-await-in-loop -- one dictionary at a time
      const [u, v] = [await direction(first), await direction(first + 1)];
      const cosine = u[0] * v[0] + u[1] * v[1];
      cosines.push(signs === 'free' ? Math.abs(cosine) : cosine);
    }
    const done: string[] = [];
    // oxlint-disable-next-line no-await-in-loop
    const chance = await pairChance(
      { ...sizes, signs },
      {
        seed,
        onProgress: (at) => done.push(`${at.part} ${at.stage} ${at.done} of ${at.total}`),
      },
    );
    const mean = sum(cosines) / 50;
    expect(chance).toMatchObject({ how: 'simulated', pairs: 1 });
    // Cosines are float32.
    expect(chance?.meanCosine).toBeCloseTo(mean, 6);
    const variance = sum(cosines.map((x) => (x - mean) ** 2)) / 49;
    expect(chance?.standardDeviation).toBeCloseTo(Math.sqrt(variance), 6);
    expect(chance?.shareAbove).toBeCloseTo(cosines.filter((x) => x > 0.3).length / 50, 12);
    const counts = [
      ...histogram(Float64Array.from(cosines), binEdges(-1, 1, COSINE_BINS, 'linear')).counts,
    ];
    counts.forEach((count, bin) => expect(chance?.shares[bin]).toBeCloseTo(count / 50, 12));
    expect(done[0]).toBe('pairs chance 1 of 50');
    expect(done).toHaveLength(50);
    expect(done[49]).toBe('pairs chance 50 of 50');
  }
});

it('draws fewer dictionaries the more each costs, and none beyond some seconds', async () => {
  const drawsOf = async (features: number, dims: number): Promise<number | undefined> => {
    let total: number | undefined;
    const stop = new Error('counted');
    const signs = 'fixed' as const;
    await pairChance(
      { ...sizes, dims, features: [features, features], signs },
      {
        onProgress: (at) => {
          total = at.total;
          throw stop;
        },
      },
    ).catch((error: unknown) => expect(error).toBe(stop));
    return total;
  };
  // A draw costs features^2 (dims + 100) multiply-adds, of 2e8 together.
  expect(await drawsOf(200, 2)).toBe(Math.floor(2e8 / (200 * 200 * 102)));
  expect(await drawsOf(4500, 2)).toBeUndefined();
});

it('has no chance without a pair', async () => {
  for (const features of [
    [0, 3],
    [3, 0],
  ] as const)
    // oxlint-disable-next-line no-await-in-loop
    expect(await pairChance({ ...sizes, features, signs: 'fixed' }, {})).toBeNull();
});

it('knows the law of pairs that are given, and of mutual neighbours', async () => {
  // In three dimensions cosines are uniform in [-1, 1]: variance 1/3, or 1/12 for magnitudes, whose mean is 1/2.
  const given = {
    dims: 3,
    features: [8, 8],
    pairing: 'order',
    aligned: false,
    threshold: 0.4,
  } as const;
  const fixed = await pairChance({ ...given, signs: 'fixed' }, {});
  expect(fixed).toMatchObject({ how: 'formula', pairs: 8 });
  expect(fixed?.meanCosine).toBeCloseTo(0, 9);
  expect(fixed?.standardDeviation).toBeCloseTo(Math.sqrt(1 / 3 / 8), 9);
  expect(fixed?.shareAbove).toBeCloseTo(0.3, 9);
  const free = await pairChance({ ...given, signs: 'free' }, {});
  expect(free?.meanCosine).toBeCloseTo(0.5, 9);
  expect(free?.standardDeviation).toBeCloseTo(Math.sqrt(1 / 12 / 8), 9);
  expect(free?.shareAbove).toBeCloseTo(0.6, 9);
  // The largest of 4 + 6 - 1 cosines has mean (9 - 1) / (9 + 1).
  const mutual = await pairChance(
    { ...given, features: [4, 6], pairing: 'mutual', signs: 'fixed' },
    {},
  );
  expect(mutual).toMatchObject({ how: 'formula', standardDeviation: null });
  expect(mutual?.pairs).toBeCloseTo(24 / 9, 12);
  expect(mutual?.meanCosine).toBeCloseTo(0.8, 9);
  expect(mutual?.shareAbove).toBeCloseTo(1 - 0.7 ** 9, 9);
});
