import { expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import { measureWide } from '../src/streaming/measure-wide.ts';
import { inlineWorker } from '../src/streaming/workers.ts';

const wide = (dims: number, data: Float32Array | Float64Array) =>
  measureWide(embeddingSource(embedding(dims, data.length / dims, data)), {}, inlineWorker());

/** A few roundings, the unit of the errors claimed. */
const UNIT = 4 * Number.EPSILON;

/** Errors that follow from those of each feature. */
const spread = (errors: readonly number[]) => ({
  typical: expect.closeTo(Math.hypot(...errors) / Math.sqrt(errors.length) / UNIT, 6) as number,
  largest: expect.closeTo(Math.max(...errors) / UNIT, 6) as number,
});

/** The errors claimed, in units of rounding. */
const inUnits = ({ typical, largest }: { typical: number; largest: number }) => ({
  typical: typical / UNIT,
  largest: largest / UNIT,
});

it.each([
  [0.6, 0.8],
  [0.8, 0.6],
])(
  'measures a short vector by its part in the span, if most of it is outside: %d inside',
  async (inside, outside) => {
    // The part outside is below 2^-18, the tolerance of float32: S is 1 along the first axis.
    const short = 2 ** -20;
    const found = await wide(3, Float32Array.of(1, 0, 0, short * inside, short * outside, 0));
    const isOutside = inside < outside;
    const [part, whole] = [(short * inside) ** 2, short ** 2];
    expect([found.rank, found.unresolved]).toEqual([1, isOutside ? 1 : 0]);
    const near = (value: number) => expect.closeTo(value, 6) as number;
    expect(found.leverage[1] / part).toEqual(near(1));
    // n^2 / w . S w, of the part inside where most is outside, and at most the leverage.
    expect(found.capacity[1] / part).toEqual(
      near(isOutside ? 1 : Math.min(1, (whole / part) ** 2)),
    );
    expect(found.interference[1]).toEqual(near(isOutside ? 1 : part / whole));
    expect(found.participation[1]).toEqual(near(1));
    // sqrt(D) roundings of |w_i| |w_j| for each product, relative to sums of squares; 1 / sqrt(leverage) for S^-1 w.
    const capacities = [Math.sqrt(3), Math.sqrt((3 * whole) / part)];
    const leverages = [1, 1 / Math.sqrt(part)];
    const count = isOutside ? 1 : 2;
    const of = (errors: readonly number[]) => spread(errors.slice(0, count).map((x) => x * UNIT));
    expect(inUnits(found.relativeError.capacity)).toEqual(of(capacities));
    const { typical, largest } = found.relativeError.leverage;
    expect(largest / UNIT / leverages[count - 1]).toEqual(near(1));
    expect(typical / (Math.hypot(...leverages.slice(0, count)) / Math.sqrt(count)) / UNIT).toEqual(
      near(1),
    );
  },
);

it('claims few roundings for leverages of independent features, and more where the span leaks', async () => {
  // Two axes, whose leverages are exactly 1.
  const free = await wide(3, Float64Array.of(1, 0, 0, 0, 0.125, 0));
  expect([free.rank, ...free.leverage]).toEqual([2, 1, 1]);
  expect(inUnits(free.relativeError.leverage)).toEqual(spread([UNIT, UNIT]));
  // The second axis twice: leverages 1, 1/2, 1/2, and eigenvalues 1 and 2 s^2. Missing dimensions of float64 are refined, which
  // halves the digits lost.
  for (const [s, Numbers] of [
    [2 ** -3, Float64Array],
    [2 ** -16, Float64Array],
    [2 ** -3, Float32Array],
    [2 ** -16, Float32Array],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
    const found = await wide(4, Numbers.of(1, 0, 0, 0, 0, s, 0, 0, 0, s, 0, 0));
    expect(found.rank).toBe(2);
    [1, 0.5, 0.5].forEach((x, i) => expect(found.leverage[i]).toBeCloseTo(x, 12));
    const ratio = 1 / (2 * s * s);
    const leak = Numbers === Float64Array ? Math.sqrt(ratio) : ratio;
    const errors = [1, Math.SQRT2, Math.SQRT2].map((x) => x * leak * UNIT);
    const { typical, largest } = found.relativeError.leverage;
    expect(largest / Math.max(...errors)).toBeCloseTo(1, 9);
    expect(typical / (Math.hypot(...errors) / Math.sqrt(3))).toBeCloseTo(1, 9);
  }
});

it('claims no errors where no feature has figures', async () => {
  for (const Numbers of [Float64Array, Float32Array]) {
    // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
    const { rank, relativeError } = await wide(3, new Numbers(6));
    const none = { typical: 0, largest: 0 };
    expect([rank, relativeError]).toEqual([0, { capacity: none, leverage: none }]);
  }
  // A zero vector beside one with leverage 1: the mean is over those with figures.
  const { relativeError } = await wide(3, Float64Array.of(0, 0, 0, 0, 2, 0));
  expect(inUnits(relativeError.capacity)).toEqual(spread([UNIT * Math.sqrt(3)]));
});

it('measures a short vector by all directions of the span, if most of it is outside', async () => {
  // Eigenvalues 1 and 1/4 along the first two axes.
  const short = 2 ** -20;
  const vector = [0.4, 0.3, 0.8, 0.3].map((x) => x * short);
  const found = await wide(4, Float32Array.of(1, 0, 0, 0, 0, 0.5, 0, 0, ...vector));
  expect([found.rank, found.unresolved]).toEqual([2, 1]);
  const [x, y] = [vector[0] ** 2, vector[1] ** 2];
  const frame = x + y / 4;
  expect(found.capacity[2] / ((x + y) ** 2 / frame)).toBeCloseTo(1, 6);
  expect(found.leverage[2] / (x + 4 * y)).toBeCloseTo(1, 6);
  expect(found.interference[2]).toBeCloseTo(frame / (x + y), 6);
  expect(found.participation[2]).toBeCloseTo((x + y) ** 2 / (x * x + y * y), 6);
});

it('a zero matrix has zeros without error', async () => {
  const zeros = new Float64Array(4);
  expect(await measureStream(embeddingSource(embedding(3, 4)))).toMatchObject({
    rank: 0,
    squaredNorm: zeros,
    capacity: zeros,
    leverage: zeros,
    interference: zeros,
    participation: zeros,
    unresolved: 0,
    relativeError: {
      capacity: { typical: 0, largest: 0 },
      leverage: { typical: 0, largest: 0 },
    },
  });
});
