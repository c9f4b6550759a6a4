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

/** Directions of the features of the random dictionary of a seed, in two dimensions. */
async function directions(features: number, seed: number): Promise<[number, number][]> {
  const source = unitVectorSource({ dims: 2, features, seed, precision: 'float64' });
  const numbers = await source.read(0, features);
  return Array.from({ length: features }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}

it.each([
  ['fixed', undefined, [1, 1]],
  ['free', 7, [1, 3]],
  ['fixed', 3, [3, 1]],
  ['free', 0, [2, 2]],
] as const)(
  'simulates 50 pairs of dictionaries of consecutive seeds: %s, %s, %j',
  async (signs, seed, features) => {
    const score = signs === 'free' ? Math.abs : (x: number): number => x;
    const means: number[] = [];
    const cosines: number[] = [];
    for (let k = 0; k < 50; k++) {
      const first = (seed ?? 0) + 2 * k;
      // oxlint-disable-next-line no-await-in-loop -- one draw at a time
      const [a, b] = await Promise.all([
        directions(features[0], first),
        directions(features[1], first + 1),
      ]);
      const rows = a.map((u) => b.map((v) => score(u[0] * v[0] + u[1] * v[1])));
      const both = [
        [rows[0][0], rows[1]?.[1]],
        [rows[0][1], rows[1]?.[0]],
      ];
      // A single feature gets the best of the others, and of two pairs the better sum counts.
      const best =
        Math.min(...features) === 1
          ? [Math.max(...rows.flat())]
          : both.toSorted((x, y) => sum(y) - sum(x))[0];
      cosines.push(...best);
      means.push(sum(best) / best.length);
    }
    const done: string[] = [];
    const chance = await pairChance(
      { ...sizes, signs, features },
      {
        seed,
        onProgress: (at) => done.push(`${at.part} ${at.stage} ${at.done} of ${at.total}`),
      },
    );
    const pairs = Math.min(...features);
    const mean = sum(means) / 50;
    expect(chance).toMatchObject({ how: 'simulated', pairs });
    // Cosines are float32.
    expect(chance?.meanCosine).toBeCloseTo(mean, 6);
    const variance = sum(means.map((x) => (x - mean) ** 2)) / 49;
    expect(chance?.standardDeviation).toBeCloseTo(Math.sqrt(variance), 6);
    const count = 50 * pairs;
    expect(chance?.shareAbove).toBeCloseTo(cosines.filter((x) => x > 0.3).length / count, 12);
    const edges = binEdges(-1, 1, COSINE_BINS, 'linear');
    histogram(Float64Array.from(cosines), edges).counts.forEach((found, bin) =>
      expect(chance?.shares[bin]).toBeCloseTo(found / count, 12),
    );
    expect([done[0], done[49], done.length]).toEqual([
      'pairs chance 1 of 50',
      'pairs chance 50 of 50',
      50,
    ]);
  },
);

it('counts cosines above the threshold, not at it', async () => {
  // In one dimension every cosine is -1 or 1.
  const line = { ...sizes, dims: 1, signs: 'free', threshold: 1 } as const;
  expect((await pairChance(line, {}))?.shareAbove).toBe(0);
});

it('stops at a signal between two draws', async () => {
  const reason = new Error('stop');
  let aborted = false;
  const signal = {
    get aborted() {
      return aborted;
    },
    reason,
  };
  let draws = 0;
  const onProgress = (): void => {
    draws++;
    aborted = true;
  };
  const running = pairChance({ ...sizes, signs: 'fixed' }, { signal, onProgress });
  await expect(running).rejects.toBe(reason);
  expect(draws).toBe(1);
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

it('simulates what costs up to 2e9 multiply-adds per draw', async () => {
  // Stopped before the first draw.
  const reason = new Error('begun');
  const signal = { aborted: true, reason };
  const isSimulated = async (of: Partial<Parameters<typeof pairChance>[0]>): Promise<boolean> => {
    const chance = pairChance({ ...sizes, signs: 'fixed', ...of }, { signal });
    return chance.then(
      (found) => found !== null,
      (error: unknown) => error === reason,
    );
  };
  // Assigned: features of A times features of B, times D + 100.
  const assigned = { dims: 100 };
  expect(await isSimulated({ ...assigned, features: [10_000, 1000] })).toBe(true);
  expect(await isSimulated({ ...assigned, features: [10_000, 1001] })).toBe(false);
  // Aligned: 4 D^2 for each pair, and 20 D^3.
  const aligned = { dims: 100, aligned: true, pairing: 'order' } as const;
  expect(await isSimulated({ ...aligned, features: [49_500, 49_500] })).toBe(true);
  expect(await isSimulated({ ...aligned, features: [49_501, 49_501] })).toBe(false);
});

it('knows no deviation of a single draw', async () => {
  // 100^2 pairs of D + 100 multiply-adds, of 2e8 together.
  const of = { ...sizes, dims: 10_000, features: [100, 100], signs: 'fixed' } as const;
  expect((await pairChance(of, {}))?.standardDeviation).toBeNull();
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
