import { serialize } from 'node:v8';
import { firstOrderDefaults } from '@polysem/engine/descent';
import { generator, normal, childGenerator, uniform } from '@polysem/numerics/random';
import { parameterLayout } from '@polysem/engine/models';
import type { Job } from '@polysem/engine/training';
import type { SparseBatch } from '@polysem/core/features';
import { describe, expect, it } from 'vitest';
import { poolOf } from '../src/pool.ts';
import { keptParts, sentOnce, type Part } from '../src/sent-once.ts';
import { toyJob } from './jobs.ts';
import { randomWorker } from './random-worker.ts';

describe('parts that are sent once', () => {
  it('arrive as the same object in every value that contains them', () => {
    const part = { data: Float64Array.of(1, 2, 3) };
    const { pack } = sentOnce(1);
    const { keep, unpack } = keptParts();
    const [first, second] = [1, 2].map((n) => {
      const parts: Part[] = [];
      const value = pack(0, { n, nested: [part, null] }, new Set([part]), parts);
      const sent = structuredClone({ value, parts });
      keep(sent.parts);
      return unpack(sent.value) as { n: number; nested: (typeof part)[] };
    });
    expect([first, second]).toEqual([
      { n: 1, nested: [part, null] },
      { n: 2, nested: [part, null] },
    ]);
    expect(second.nested[0]).toBe(first.nested[0]);
  });

  it('may contain other parts', () => {
    const inner = { kind: 'inner' };
    const outer = { kind: 'outer', inner };
    const { pack } = sentOnce(1);
    const parts: Part[] = [];
    const value = pack(0, { inner, outer }, new Set([inner, outer]), parts);
    const { keep, unpack } = keptParts();
    const sent = structuredClone({ value, parts });
    keep(sent.parts);
    const got = unpack(sent.value) as { inner: object; outer: { inner: object } };
    expect(got).toEqual({ inner, outer });
    expect(got.outer.inner).toBe(got.inner);
  });

  it('leave other objects that occur several times shared', () => {
    const one = { density: 0.5 };
    const part = { marginals: [one, one] };
    const { pack } = sentOnce(1);
    const { keep, unpack } = keptParts();
    const parts: Part[] = [];
    const value = pack(0, { part, pair: [one, one] }, new Set([part]), parts);
    const sent = structuredClone({ value, parts });
    keep(sent.parts);
    const got = unpack(sent.value) as { part: typeof part; pair: (typeof one)[] };
    expect(got).toEqual({ part, pair: [one, one] });
    expect(got.part.marginals[1]).toBe(got.part.marginals[0]);
    expect(got.pair[1]).toBe(got.pair[0]);
  });

  it('are sent to each worker', () => {
    const part = {};
    const { pack } = sentOnce(2);
    const counts = [0, 0, 1, 1, 0].map((worker) => {
      const parts: Part[] = [];
      pack(worker, [part], new Set([part]), parts);
      return parts.length;
    });
    expect(counts).toEqual([1, 0, 1, 0, 0]);
  });
});

const ROWS = 2000;
const FEATURES = 8;

/** Rows without zeros, in memory that is not shared, as in a page without cross-origin isolation. */
function dataMatrix(): SparseBatch {
  const g = generator(3);
  return {
    rows: ROWS,
    features: FEATURES,
    rowStarts: Uint32Array.from({ length: ROWS + 1 }, (_, row) => row * FEATURES),
    indices: Uint32Array.from({ length: ROWS * FEATURES }, (_, i) => i % FEATURES),
    values: Float64Array.from({ length: ROWS * FEATURES }, () => normal(g)),
  };
}

/** Restarts of two instances that train on rows of one data matrix. */
function dataJobs(batch: SparseBatch): Job[] {
  const { model: toy } = toyJob(0, 1).instance;
  const model = {
    ...toy,
    features: FEATURES,
    importance: Array.from({ length: FEATURES }, () => 1),
  };
  const g = generator(4);
  const instances = [0, 1].map((half) => {
    return {
      model,
      inputs: {
        kind: 'rows' as const,
        batch,
        chosen: Uint32Array.from({ length: ROWS / 2 }, (_, row) => 2 * row + half),
      },
      batch: 16,
      optimiser: firstOrderDefaults.adam,
      learningRate: 1e-2,
      schedule: { shape: 'constant', warmUp: 0 } as const,
      clip: null,
    };
  });
  return Array.from({ length: 10 }, (_, k): Job => ({
    kind: 'batches',
    instance: { ...instances[k % 2], steps: 60 + 60 * k, stream: childGenerator(g, k) },
    start: Float64Array.from({ length: parameterLayout(model).size }, () => normal(g)),
    record: [],
    stopping: null,
    heldOut: null,
  }));
}

describe('a pool that trains on a data matrix', () => {
  const batch = dataMatrix();
  const matrixBytes = serialize(batch).length;

  it('sends it to each worker once, even when jobs move between workers', async () => {
    const g = generator(5);
    const workers = [0, 1].map(() => randomWorker(() => uniform(g)));
    const starts = workers.values();
    const pool = await poolOf(2, () => starts.next().value!);
    await pool.run(dataJobs(batch));
    expect(workers[0].moved() + workers[1].moved()).toBeGreaterThan(0);
    for (const { received } of workers) {
      const assigned = received.flatMap((m) => (m.kind === 'train' ? m.assignments : []));
      expect(assigned.length).toBeGreaterThan(3);
      const bytes = received.reduce((sum, message) => sum + serialize(message).length, 0);
      expect(bytes).toBeGreaterThan(matrixBytes);
      expect(bytes).toBeLessThan(1.3 * matrixBytes);
    }
  });

  it('has workers drop it after the run', async () => {
    const worker = randomWorker(() => 0.5);
    const pool = await poolOf(1, () => worker);
    await pool.run(dataJobs(batch).slice(0, 1));
    expect(worker.received.at(-1)).toEqual({ kind: 'forget' });
  });
});
