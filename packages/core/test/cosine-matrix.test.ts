import { expect, it } from 'vitest';
import { cosineMatrix } from '../src/compare/cosine-matrix.ts';
import type { FeatureSource } from '../src/embedding/feature-source.ts';
import type { StreamWorkers } from '../src/streaming/workers.ts';

/** Ones in a single dimension, any number of them. */
function ones(features: number): FeatureSource {
  return {
    name: 'ones',
    dims: 1,
    features,
    precision: 'float64',
    read: async (_, count) => new Float64Array(count).fill(1),
  };
}

/** The precision that workers are asked for, or null if they are not needed. */
async function precisionOf(rows: number, columns: number): Promise<unknown> {
  const asked = new Error('asked');
  let precision: unknown = null;
  const workers = {
    threads: 1,
    ask: async (_: number, name: string, given: { precision: string }) => {
      precision = `${name} ${given.precision}`;
      throw asked;
    },
  } as unknown as StreamWorkers;
  await cosineMatrix(ones(rows), ones(columns), {}, workers).catch((error: unknown) =>
    expect(error).toBe(asked),
  );
  return precision;
}

it('takes float64 up to 1e8 products, and workers from 1e6 on', async () => {
  expect(await precisionOf(1000, 1000)).toBeNull();
  // 1e6 + 1 and 1e8 + 1 products.
  expect(await precisionOf(101, 9901)).toBe('openProducts float64');
  expect(await precisionOf(10_000, 10_000)).toBe('openProducts float64');
  expect(await precisionOf(17, 5_882_353)).toBe('openProducts float32');
});

it('has the shorter list in rows', async () => {
  const none = {} as StreamWorkers;
  const [a, b] = [ones(2), ones(3)];
  const values = new Float32Array(6).fill(1);
  const shape = { rows: 2, columns: 3, values };
  expect(await cosineMatrix(a, b, {}, none)).toEqual({ ...shape, isTransposed: false });
  expect(await cosineMatrix(b, a, {}, none)).toEqual({ ...shape, isTransposed: true });
});
