import { expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { linkTree } from '../src/geometry/link-tree.ts';
import { streamLinkTree } from '../src/streaming/geometry/link-pass.ts';
import { inlineWorker, type StreamWorkers } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { inFloat32 } from './stream-cases.ts';

const CHUNK = 4 * 2 ** 20;

it.each([
  ['float64', 8],
  ['float32', 4],
] as const)(
  'links features as in memory, with vectors and products of at most 4 MiB at a time: %s',
  async (precision, bytes) => {
    const [dims, features] = [32, 8500];
    const exact = gaussianEmbedding(dims, features, 3);
    const w = precision === 'float64' ? exact : inFloat32(exact);
    const squaredNorm = new Float64Array(features);
    w.data.forEach((x, j) => (squaredNorm[Math.floor(j / dims)] += x * x));
    const plain = inlineWorker();
    let pilots = 0;
    const rounds: number[][] = [];
    const workers: StreamWorkers = {
      ...plain,
      ask: (worker, task, input, transfer) => {
        const { count } = input as unknown as { count: number };
        if (task === 'openProducts') {
          pilots = count;
          rounds.push([]);
        }
        if (task === 'products') rounds.at(-1)?.push(count);
        return plain.ask(worker, task, input, transfer);
      },
    };
    const source = embeddingSource(w, 'W');
    const found = await streamLinkTree(source, squaredNorm, { allPairs: 64, seed: 4 }, workers, {});
    expect(source.precision).toBe(precision);
    // At first 48 pilots, then 16; the first chunk is as large as fits.
    expect([rounds.length > 1, pilots]).toEqual([true, 16]);
    rounds.forEach((counts, round) => {
      const each = dims * bytes + 8 * (round === 0 ? 48 : 16);
      const [first, rest] = [Math.min(features, Math.floor(CHUNK / each)), counts.slice(1)];
      expect(counts[0]).toBe(first);
      expect(rest).toEqual(first < features ? [features - first] : []);
    });
    const known = linkTree(w, squaredNorm, 64, 4);
    expect(found.pilots).toEqual(known.pilots);
    expect([found.a, found.b]).toEqual([known.a, known.b]);
    const error = found.height.map((height, e) => Math.abs(height / known.height[e] - 1));
    expect(Math.max(...error)).toBeLessThan(1e-13);
  },
);
