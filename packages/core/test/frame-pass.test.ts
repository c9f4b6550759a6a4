import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { isPreciseEnough, places } from '../src/streaming/choose-precision.ts';
import { compareFrames, leverageError } from '../src/streaming/compare-frames.ts';
import { allChunks, equalAreas, sumFrame, sumRotatedRows } from '../src/streaming/frame-pass.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { manyWorkers } from './many-workers.ts';

/** The frame operator of features (x, 0) and (y, y), read one by one, its scale, and the number of reads. */
async function summed(x: number, y: number) {
  const source = embeddingSource(embedding(2, 2, Float64Array.of(x, 0, y, y)));
  let reads = 0;
  const counted = {
    ...source,
    read: (first: number, count: number) => {
      reads++;
      return source.read(first, count);
    },
  };
  const chunks = [0, 1].map((first) => ({ first, count: 1 }));
  const pass = { source: counted, chunks, precision: 'float64', stage: 'frame' } as const;
  const { rows, scale } = await sumFrame(pass, inlineWorker(), {});
  return { rows, scale, reads };
}

describe('the sum of outer products of vectors', () => {
  it.each([
    [1, 3, 1, 2],
    [0, 0, 1, 2],
    // Up to 2^40 times the scale of the first chunk, which is enough for one pass.
    [1, 2 ** 40, 1, 2],
    [1, 2 ** 40 * (1 + 2 ** -52), 2 ** -40, 4],
    [-1, -(2 ** 41), 2 ** -41, 4],
    [2 ** -100, 2 ** -60, 2 ** 100, 2],
    [2 ** -100, 2 ** -59, 2 ** 59, 4],
    // Zero vectors first, which say nothing about the scale.
    [0, 2 ** -16, 1, 2],
    [0, 2 ** -17, 2 ** 17, 4],
    [0, 2 ** -300, 2 ** 300, 4],
    // The largest scale there is.
    [0, 2 ** -1074, 2 ** 1022, 4],
  ])(
    'of (%d, 0) and (%d, the same) has the scale %d after %i reads',
    async (x, y, scale, reads) => {
      const found = await summed(x, y);
      expect([found.scale, found.reads]).toEqual([scale, reads]);
      const [a, b] = [x * scale, y * scale];
      expect([found.rows[0], found.rows[2], found.rows[3]]).toEqual([a * a + b * b, b * b, b * b]);
    },
  );

  it('in another basis reads one chunk at a time, for any number of workers', async () => {
    // Three chunks of 2 MiB.
    const w = embedding(
      2,
      300_000,
      Float64Array.from({ length: 600_000 }, (_, j) => (j % 7) - (j % 5)),
    );
    const source = embeddingSource(w);
    let [atOnce, most] = [0, 0];
    const watched = {
      ...source,
      read: async (first: number, count: number) => {
        most = Math.max(most, ++atOnce);
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        atOnce--;
        return source.read(first, count);
      },
    };
    const pass = {
      source: watched,
      chunks: allChunks(source),
      precision: 'float64',
      stage: 'refinement',
    } as const;
    const basis = { vectors: Float64Array.of(0.6, 0.8, -0.8, 0.6), scale: 2 };
    const workers = manyWorkers(3, () => 0.5);
    const rows = await sumRotatedRows(pass, 1, basis, workers, {});
    expect(most).toBe(1);
    let [cross, square] = [0, 0];
    for (let i = 0; i < w.features; i++) {
      const [x, y] = [w.data[2 * i], w.data[2 * i + 1]];
      cross += 4 * (0.6 * x + 0.8 * y) * (0.6 * y - 0.8 * x);
      square += 4 * (0.6 * y - 0.8 * x) ** 2;
    }
    expect(rows[0] / square).toBeCloseTo(cross / square, 9);
    expect(rows[1] / square).toBeCloseTo(1, 9);
  });

  it('is divided into parts of about equal area', () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 9 }),
        (from, more, parts) => {
          const dims = from + more;
          const cuts = equalAreas(from, dims, parts);
          expect(cuts).toHaveLength(parts + 1);
          expect([cuts[0], cuts[parts]]).toEqual([from, dims]);
          const area = (dims * dims - from * from) / parts;
          for (let k = 0; k < parts; k++)
            // Either boundary is rounded by at most half a row, of dims numbers twice.
            expect(Math.abs(cuts[k + 1] ** 2 - cuts[k] ** 2 - area)).toBeLessThanOrEqual(2 * dims);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the comparison of float32 with float64', () => {
  const exact = Float64Array.of(5, NaN, NaN, 1, 4, NaN, 0.5, -1, 3);
  const errors = [3e-5, 0, 0, -1e-5, 2e-5, 0, 4e-5, -2e-5, 1e-5];
  const coarse = exact.map((x, at) => x + errors[at]);
  // The largest eigenvalue of [[5, 1, 0.5], [1, 4, -1], [0.5, -1, 3]], and the smallest: roots of the cubic below.
  const cubic = (x: number): number =>
    (5 - x) * ((4 - x) * (3 - x) - 1) - (1 * (3 - x) + 0.5) + 0.5 * (-1 - 0.5 * (4 - x));
  const root = (low: number, high: number): number => {
    let [a, b] = [low, high];
    while (b - a > 1e-14) {
      const middle = (a + b) / 2;
      if (cubic(middle) > 0 === cubic(a) > 0) a = middle;
      else b = middle;
    }
    return a;
  };
  const [smallest, largest] = [root(1.5, 2.5), root(5, 6.5)];

  it('gives the root mean square error of an entry over the largest eigenvalue', () => {
    expect([cubic(smallest), cubic(largest)].map((x) => Math.abs(x) < 1e-12)).toEqual([true, true]);
    const rms = Math.sqrt((9 + 1 + 4 + 16 + 4 + 1) / 6) * 1e-5;
    const { error } = compareFrames(coarse, exact.slice(), 3, 1);
    // 30 steps of the power method, with a ratio of eigenvalues of 0.8.
    expect((error * largest) / rms).toBeCloseTo(1, 5);
    // Both are in units of the matrix.
    for (const unit of [2 ** -40, 2 ** 40]) {
      const [a, b] = [coarse, exact].map((s) => s.map((x) => unit * x));
      expect(compareFrames(a, b, 3, 1).error).toBe(error);
    }
  });

  it('finds a largest eigenvalue whose eigenvector is orthogonal to equal entries', () => {
    // [[2, -1], [-1, 2]]: 3 along (1, -1), and 1 along (1, 1).
    const of = Float64Array.of(2, NaN, -1, 2);
    const { error } = compareFrames(
      of.map((x) => x + 3e-5),
      of.slice(),
      2,
      1,
    );
    expect((error * 3) / 3e-5).toBeCloseTo(1, 9);
  });

  it('is fine enough up to the error of leverages that the smallest eigenvalue allows', () => {
    const { error } = compareFrames(coarse, exact.slice(), 3, 1);
    const bound = leverageError(error * largest, smallest);
    // A quadratic form of an error e in each entry is sqrt(2) e.
    expect(bound).toBeCloseTo((Math.SQRT2 * error * largest) / smallest, 14);
    for (const [goal, isFineEnough] of [
      [bound * 1.0001, true],
      [bound * 0.9999, false],
    ] as const)
      expect(compareFrames(coarse, exact.slice(), 3, goal).isFineEnough).toBe(isFineEnough);
  });

  it('is not fine enough for a matrix of zeros', () => {
    const zero = new Float64Array(4);
    expect(compareFrames(zero, zero.slice(), 2, 1)).toEqual({
      error: 2 ** -30,
      isFineEnough: false,
    });
  });

  it('holds if the eigenvalues confirm it: half of the promised 1e-5', () => {
    const values = Float64Array.of(8, 3, 2);
    const most = (5e-6 * 2) / 8 / Math.SQRT2;
    expect(isPreciseEnough(values, most * 0.9999)).toBe(true);
    expect(isPreciseEnough(values, most * 1.0001)).toBe(false);
    expect(isPreciseEnough(Float64Array.of(8, 0), 0)).toBe(false);
    expect(isPreciseEnough(Float64Array.of(8, -1e-20), 1e-9)).toBe(false);
    expect(isPreciseEnough(new Float64Array(0), 0)).toBe(false);
  });
});

describe('a sample of features', () => {
  it('is spread from the first to the last in ranges of the same length', () => {
    expect(places(1000, 80, 8)).toEqual(
      // 990 / 7 apart.
      [0, 141, 282, 424, 565, 707, 848, 990].map((first) => ({ first, count: 10 })),
    );
    // No more than the features, and no more ranges than features wanted.
    expect(places(80, 80, 8)).toEqual([{ first: 0, count: 80 }]);
    expect(places(81, 80, 8)).toHaveLength(8);
    expect(places(10, 3, 8)).toEqual([0, 1, 2].map((first) => ({ first, count: 1 })));
    expect(places(100, 79, 8)[7]).toEqual({ first: 91, count: 9 });
    expect(places(100, 9, 1)).toEqual([{ first: 0, count: 9 }]);
  });
});
