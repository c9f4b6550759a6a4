import { embedding } from '@polysem/core/embedding';
import { describe, expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { streamGeometry } from '../src/streaming/geometry/stream-geometry.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import { centred, meanVector, scaledBy } from '../src/streaming/transforms.ts';
import { inlineWorker, type StreamWorkers } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';

describe('workers that fail', () => {
  const lost: StreamWorkers = {
    threads: 2,
    ask: async (worker, task) => {
      throw new Error(`worker ${worker} was lost, asked to ${task}`);
    },
    renew: async () => undefined,
  };

  it('end a measurement or a geometry with their first error, not with that of clearing up', async () => {
    const source = embeddingSource(gaussianEmbedding(4, 30, 2));
    await expect(streamGeometry(source, {}, lost)).rejects.toThrow(/was lost, asked to (?!rest)/);
    // Wide enough not to be measured as a whole.
    const large = embeddingSource(embedding(1024, 1025, new Float32Array(1024 * 1025).fill(1)));
    await expect(measureStream(large, {}, lost)).rejects.toThrow(/was lost, asked to (?!rest)/);
  });
});

describe('the worker in this thread', () => {
  it('keeps its sums until it is renewed', async () => {
    const workers = inlineWorker();
    const sums = { dims: 1, from: 0, to: 1, precision: 'float64', scale: 1 } as const;
    await workers.ask(0, 'openRows', sums);
    await workers.ask(0, 'addToRows', { chunk: Float64Array.of(3, 4), count: 2 });
    expect(await workers.ask(0, 'closeRows', null)).toEqual(Float64Array.of(25));
    await workers.ask(0, 'openRows', sums);
    await workers.renew();
    await expect(
      workers.ask(0, 'addToRows', { chunk: Float64Array.of(3), count: 1 }),
    ).rejects.toThrow();
  });
});

describe('a transformed source', () => {
  const w = gaussianEmbedding(3, 5, 4);
  const source = embeddingSource(w);

  it('is the source minus a vector', async () => {
    const mean = await meanVector(source);
    const found = await centred(source, mean).read(1, 3);
    found.forEach((x, at) => expect(x).toBe(w.data[3 + at] - mean[at % 3]));
    for (let d = 0; d < 3; d++) {
      let sum = 0;
      for (let i = 0; i < 5; i++) sum += w.data[3 * i + d] / 5;
      expect(mean[d]).toBeCloseTo(sum, 15);
    }
  });

  it('is the source with each vector times its factor', async () => {
    const factors = Float64Array.of(1, 2, 0, -3, 0.5);
    const found = await scaledBy(source, factors).read(1, 4);
    found.forEach((x, at) => expect(x).toBe(w.data[3 + at] * factors[1 + Math.floor(at / 3)]));
  });

  it('needs a vector of D numbers, and one factor per feature', () => {
    expect(() => centred(source, new Float64Array(2))).toThrow('mean: must have 3 numbers, got 2');
    expect(() => scaledBy(source, new Float64Array(3))).toThrow(
      'factors: 3 numbers for 5 features',
    );
  });
});
