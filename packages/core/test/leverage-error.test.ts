import { generator, normal } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';

/** A finite number times 2^200, exactly; its last bit must be above 2^-200. */
function scaled(x: number): bigint {
  let exponent = 200;
  while (!Number.isInteger(x)) {
    x *= 2;
    exponent--;
  }
  return BigInt(x) << BigInt(exponent);
}

/** Leverages w_i^T S^-1 w_i of vectors in 3 dimensions, in integer arithmetic. */
function exactLeverages(vectors: readonly (readonly number[])[]): number[] {
  const w = vectors.map((vector) => vector.map(scaled));
  const s = [0, 1, 2].map((a) =>
    [0, 1, 2].map((b) => w.reduce((sum, vector) => sum + vector[a] * vector[b], 0n)),
  );
  const minor = (a: number, b: number): bigint => {
    const [r, q] = [0, 1, 2].filter((k) => k !== a);
    const [c, d] = [0, 1, 2].filter((k) => k !== b);
    return (a + b) % 2 === 0
      ? s[r][c] * s[q][d] - s[r][d] * s[q][c]
      : s[r][d] * s[q][c] - s[r][c] * s[q][d];
  };
  const adjugate = [0, 1, 2].map((a) => [0, 1, 2].map((b) => minor(b, a)));
  const determinant = [0, 1, 2].reduce((sum, k) => sum + s[0][k] * adjugate[k][0], 0n);
  return w.map((vector) => {
    let sum = 0n;
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) sum += vector[a] * adjugate[a][b] * vector[b];
    return Number((sum << 80n) / determinant) / 2 ** 80;
  });
}

/** A matrix of rank 1 plus noise; features of 3 dimensions. */
function nearRankOne(seed: number, noise: number): number[][] {
  const g = generator(seed);
  const direction = [normal(g), normal(g), normal(g)];
  return Array.from({ length: 12 }, () => {
    const length = normal(g);
    return direction.map((x) => length * x + noise * normal(g));
  });
}

describe('the estimated error of leverages', () => {
  it('is exact about exact leverages', () => {
    const leverages = exactLeverages([
      [2, 0, 0],
      [0, 0.25, 0],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(leverages).toEqual([1, 1, 0.5, 0.5]);
  });

  it.each([0, 2, 4, 6, 8, 9, 10, 11, 12, 13, 14])(
    'holds for matrices of rank 1 plus noise of 1e-%i',
    async (digits) => {
      for (let seed = 0; seed < 30; seed++) {
        const vectors = nearRankOne(seed, 10 ** -digits);
        const w = embedding(3, 12, Float64Array.from(vectors.flat()));
        // oxlint-disable-next-line no-await-in-loop
        const measured = await measureStream(embeddingSource(w));
        const errors = exactLeverages(vectors).map(
          (exact, i) => Math.abs(measured.leverage[i] - exact) / exact,
        );
        const claimed = measured.relativeError.leverage.largest;
        expect(Math.max(...errors)).toBeLessThan(claimed);
        if (digits <= 4) expect(claimed).toBeLessThan(1e-7);
        if (digits <= 10) expect(measured.rankInDoubt).toBe(false);
        if (digits === 14) expect(measured.rankInDoubt).toBe(true);
      }
    },
  );

  it('is small if the noise is below the rounding of the data, which counts as rank 1', async () => {
    const vectors = nearRankOne(0, 1e-17);
    const w = embedding(3, 12, Float64Array.from(vectors.flat()));
    const measured = await measureStream(embeddingSource(w));
    expect([measured.rank, measured.rankInDoubt]).toEqual([1, false]);
    const total = measured.squaredNorm.reduce((sum, n) => sum + n, 0);
    const { largest } = measured.relativeError.leverage;
    expect(largest).toBeLessThan(1e-7);
    measured.leverage.forEach((leverage, i) => {
      const exact = measured.squaredNorm[i] / total;
      expect(Math.abs(leverage - exact) / exact).toBeLessThan(largest);
    });
  });
});
