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

it('names the list, feature and dimension of a number that is not finite', async () => {
  /** Ones in two dimensions, with one number that is not finite. */
  const withOne = (name: string, features: number, at: number | null): FeatureSource => ({
    ...ones(features),
    name,
    dims: 2,
    read: async (first, count) =>
      Float64Array.from({ length: 2 * count }, (_, j) => (2 * first + j === at ? NaN : 1)),
  });
  // Products of rows with a chunk of columns.
  const asked: (number | string)[][] = [];
  const workers = {
    threads: 2,
    ask: async (worker: number, task: string, given: { count: number } | null) => {
      const count = given?.count ?? 0;
      asked.push([worker, task, count]);
      return new Float64Array(2000 * count);
    },
    renew: async () => {},
  } as unknown as StreamWorkers;
  const refused = (a: FeatureSource, b: FeatureSource) => cosineMatrix(a, b, {}, workers);
  const [short, long] = [withOne('short', 2, null), withOne('long', 3, null)];
  await expect(refused(withOne('short', 2, 3), long)).rejects.toThrow(
    'short: feature 1 has NaN in dimension 1',
  );
  await expect(refused(short, withOne('long', 3, 4))).rejects.toThrow(
    'long: feature 2 has NaN in dimension 0',
  );
  // The second chunk of 2^21 / 2000 columns; both workers have the rows.
  await cosineMatrix(withOne('short', 2000, null), withOne('long', 2001, null), {}, workers);
  expect(asked.filter(([, task]) => task !== 'rest')).toEqual([
    [0, 'openProducts', 2000],
    [1, 'openProducts', 2000],
    [0, 'products', 1048],
    [1, 'products', 953],
  ]);
  await expect(refused(withOne('short', 2000, null), withOne('long', 2001, 3001))).rejects.toThrow(
    'long: feature 1500 has NaN in dimension 1',
  );
});
