import { describe, expect, test } from 'vitest';
import { bytesSource, encodeNpy, openTensors } from '../src/index.ts';
import { decoderDoubt, normsOf, relativeNorms } from '../src/layouts/decoder-norms.ts';
import { normOf } from '../src/layouts/norm-of.ts';

test('norms are computed in blocks of at most 4 MiB of float64', async () => {
  // Slightly more than two vectors fit.
  const dims = 2 ** 18 - 1;
  const counts: number[] = [];
  const norms = await normsOf({
    name: 'W',
    precision: 'float64',
    dims,
    features: 5,
    read: async (first, count) => {
      counts.push(count);
      return Float64Array.from(
        { length: count * dims },
        (_, i) => first + 1 + Math.floor(i / dims),
      );
    },
  });
  // Vector f has equal elements f + 1.
  norms.forEach((norm, f) => expect(norm / ((f + 1) * Math.sqrt(dims))).toBeCloseTo(1, 12));
  expect(counts).toEqual([2, 2, 1]);
});

test('relative norms are those of slices of one tensor', async () => {
  // Two latents in two dimensions, for two layers of one model: axes latents, models, layers, dimensions.
  const data = Float64Array.of(3, 4, 0, 5, 1, 0, 0, 3);
  const file = await openTensors(bytesSource('W.npy', encodeNpy({ shape: [2, 1, 2, 2], data })));
  const decoders = [0, 1].map((layer) => ({
    tensor: 'W',
    axis: 'rows' as const,
    slice: [null, 0, layer, null],
  }));
  expect(await relativeNorms(decoders, file, 'W.npy')).toEqual([
    Float64Array.of(0.5, 0.25),
    Float64Array.of(0.5, 0.75),
  ]);
});

test('the norm of a vector does not underflow or overflow, and is 0 for zeros alone', () => {
  for (const scale of [1e-200, 1, 1e200])
    expect(normOf(Float64Array.of(3 * scale, -4 * scale))).toBe(5 * scale);
  expect(normOf(new Float64Array(3))).toBe(0);
  expect(normOf(Float32Array.of(0, -0.5))).toBe(0.5);
});

describe('a doubt about the axis of a decoder', () => {
  const doubtOf = async (
    rows: readonly (readonly number[])[],
    axis: 'rows' | 'columns' = 'rows',
    more: object = {},
  ) => {
    const [n, d] = [rows.length, rows[0].length];
    const bytes = encodeNpy({ shape: [n, d], data: Float64Array.from(rows.flat()) });
    const file = await openTensors(bytesSource('W.npy', bytes));
    const [features, dims] = axis === 'rows' ? [n, d] : [d, n];
    const matrix = { preset: 'sae-decoder', tensor: 'W', axis, features, dims, ...more } as const;
    return decoderDoubt(matrix, file, 'W.npy');
  };
  const UNIT = [
    [0.6, 0.8],
    [0, 0],
    [1, 0],
  ];
  const across = UNIT[0].map((_, d) => UNIT.map((row) => row[d]));

  test('is said where the vectors along the other axis have unit length, or are zero', async () => {
    expect(await doubtOf(UNIT)).toBeNull();
    expect(await doubtOf(across, 'columns')).toBeNull();
    expect(await doubtOf(across)).toMatch(/^the columns have unit length and the rows do not, /);
    expect(await doubtOf(UNIT, 'columns')).toMatch(/--tensor W --features rows to measure those$/);
  });

  test('is not said of other matrices, of parts, or where no axis has vectors of unit length', async () => {
    expect(await doubtOf(across, 'rows', { preset: 'sae-encoder' })).toBeNull();
    expect(await doubtOf(across, 'rows', { parts: [] })).toBeNull();
    expect(await doubtOf(UNIT.map((row) => row.map((value) => 2 * value)))).toBeNull();
  });

  test('is not said where both axes have vectors of unit length', async () => {
    const turn = [
      [0.6, -0.8],
      [0.8, 0.6],
    ];
    expect(await doubtOf(turn)).toBeNull();
    expect(await doubtOf(turn, 'columns')).toBeNull();
  });

  test('looks at the first sixteen vectors of matrices of up to 2^26 numbers', async () => {
    // Sixteen rows of the unit matrix, and a row of 0.1, which changes the lengths of the columns little.
    const rows = Array.from({ length: 17 }, (_, i) =>
      Array.from({ length: 16 }, (_unused, j) => (i === 16 ? 0.1 : i === j ? 1 : 0)),
    );
    expect(await doubtOf(rows)).toBeNull();
    expect(await doubtOf(rows.toReversed())).not.toBeNull();
    expect(await doubtOf(across, 'rows', { features: 2 ** 26, dims: 1 })).not.toBeNull();
    expect(await doubtOf(across, 'rows', { features: 2 ** 26 + 1, dims: 1 })).toBeNull();
  });

  test('takes lengths within a hundredth for one', async () => {
    const scaled = (by: number) => across.map((row) => row.map((value) => by * value));
    const doubts = await Promise.all([0.989, 0.991, 1.009, 1.011].map((by) => doubtOf(scaled(by))));
    expect(doubts.map((doubt) => doubt === null)).toEqual([true, false, false, true]);
  });
});
