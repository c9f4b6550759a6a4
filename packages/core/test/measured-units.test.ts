import { expect, it } from 'vitest';
import { measureCapacity } from '../src/capacity/measure.ts';
import { efficiency, summarise } from '../src/capacity/summary.ts';
import { embedding } from '../src/embedding/embedding.ts';

const VECTORS = [
  [2, 0],
  [0, 1],
  [0, -1],
  [0, 0],
  [3, 4],
];

/** Capacity, leverage and interference from all inner products, in two dimensions. */
function defined(vectors: readonly (readonly number[])[]) {
  const dot = (u: readonly number[], v: readonly number[]): number => u[0] * v[0] + u[1] * v[1];
  const [a, b, d] = [
    [0, 0],
    [0, 1],
    [1, 1],
  ].map(([r, c]) => vectors.reduce((sum, w) => sum + w[r] * w[c], 0));
  return vectors.map((w) => {
    const n = dot(w, w);
    if (n === 0) return { n, capacity: 0, leverage: 0, interference: 0 };
    const all = vectors.reduce((sum, v) => sum + dot(w, v) ** 2, 0);
    return {
      n,
      capacity: n ** 2 / all,
      leverage: (d * w[0] ** 2 - 2 * b * w[0] * w[1] + a * w[1] ** 2) / (a * d - b * b),
      interference: (all - n ** 2) / n,
    };
  });
}

it.each([1, 2 ** -30, 3 * 2 ** 40, 2 ** -450, 2 ** 450])(
  'has squared norms and interference in the unit of the vectors, and shares without one: %d',
  (unit) => {
    const w = embedding(
      2,
      5,
      Float64Array.from(VECTORS.flat(), (x) => x * unit),
    );
    const seen: number[] = [];
    const found = measureCapacity(w, (i, t, sigma) => seen.push(i, t.length, sigma.length));
    expect(seen).toEqual([0, 1, 2, 3, 4].flatMap((i) => [i, 2, 2]));
    expect([found.dims, found.features, found.rank, found.unresolved]).toEqual([2, 5, 2, 0]);
    expect(found.rankInDoubt).toBe(false);
    defined(VECTORS).forEach(({ n, capacity, leverage, interference }, i) => {
      expect(found.squaredNorm[i] / unit / unit).toBeCloseTo(n, 12);
      expect(found.capacity[i]).toBeCloseTo(capacity, 12);
      expect(found.leverage[i]).toBeCloseTo(leverage, 12);
      expect(found.interference[i] / unit / unit).toBeCloseTo(interference, 12);
    });
    // The trace of S, and the determinant of [[13, 12], [12, 18]].
    const [s, t] = found.singularValues.map((x) => x / unit);
    expect(s * s + t * t).toBeCloseTo(31, 12);
    expect(s * t).toBeCloseTo(Math.sqrt(13 * 18 - 144), 12);
    expect(s).toBeGreaterThan(t);
  },
);

it('efficiency is the sum of capacities over the rank, and 0 at rank 0', () => {
  const of = (rank: number, ...capacity: number[]) =>
    efficiency({ rank, capacity: Float64Array.from(capacity) } as Parameters<typeof efficiency>[0]);
  expect([of(2, 0.5, 0.25, 1), of(0, 0, 0)]).toEqual([0.875, 0]);
  expect(summarise(Float64Array.of(4, 1, 3, 2))).toMatchObject({ mean: 2.5, median: 2.5 });
});
