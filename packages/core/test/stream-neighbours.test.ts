import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { generator, uniform } from '@polysem/numerics/random';
import { mutualCoherence } from '../src/capacity/coherence.ts';
import { neighbourCost, streamNeighbours } from '../src/streaming/stream-neighbours.ts';
import { inlineWorker, type StreamWorkers } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';

/** Nearest neighbours by the definition, in float64. */
function byDefinition({ dims, features, data }: Embedding): number[] {
  const unit = Array.from({ length: features }, (_, i) => {
    const v = [...data.subarray(i * dims, (i + 1) * dims)];
    const length = Math.hypot(...v);
    return v.map((x) => (length === 0 ? 0 : x / length));
  });
  return unit.map((v, i) => {
    let best = 0;
    unit.forEach((u, j) => {
      const cosine = v.reduce((sum, x, d) => sum + x * u[d], 0);
      if (j !== i && Math.abs(cosine) > Math.abs(best)) best = cosine;
    });
    return best;
  });
}

const cases = fc.record({
  dims: fc.integer({ min: 1, max: 20 }),
  features: fc.integer({ min: 1, max: 60 }),
  seed: fc.nat(),
  exponent: fc.integer({ min: -150, max: 150 }),
  zeros: fc.array(fc.nat({ max: 119 }), { maxLength: 3 }),
  chunkBytes: fc.integer({ min: 400, max: 8000 }),
  threads: fc.integer({ min: 1, max: 4 }),
});

describe('streamNeighbours', () => {
  it('agrees with the definition for any chunks and workers', async () => {
    const g = generator(1);
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const w = gaussianEmbedding(c.dims, c.features, c.seed);
        for (let j = 0; j < w.data.length; j++) w.data[j] *= 10 ** c.exponent;
        for (const i of c.zeros)
          w.data.fill(0, (i % c.features) * c.dims, ((i % c.features) + 1) * c.dims);
        const expected = byDefinition(
          embedding(
            c.dims,
            c.features,
            w.data.map((x) => x / 10 ** c.exponent),
          ),
        );
        const workers = manyWorkers(c.threads, () => uniform(g) / 3);
        const { chunkBytes } = c;
        const found = await streamNeighbours(embeddingSource(w), { chunkBytes }, workers);
        expected.forEach((cosine, i) => {
          // In float32 another feature can be equally near: 20 products with a rounding error of
          // 2^-24 each.
          expect(Math.abs(Math.abs(found.cosine[i]) - Math.abs(cosine))).toBeLessThan(3e-6);
          expect(found.index[i] >= 0).toBe(cosine !== 0);
          if (cosine === 0) return;
          // The named feature has this cosine, in float64.
          const [own, other] = [i, found.index[i]].map((f) => {
            const v = [...w.data.subarray(f * c.dims, (f + 1) * c.dims)].map(
              (x) => x / 10 ** c.exponent,
            );
            const length = Math.hypot(...v);
            return v.map((x) => x / length);
          });
          const named = own.reduce((sum, x, d) => sum + x * other[d], 0);
          expect(found.index[i]).not.toBe(i);
          expect(found.cosine[i]).toBeCloseTo(named, 9);
        });
        const { coherence } = mutualCoherence(w);
        expect(Math.abs(found.coherence - coherence)).toBeLessThan(3e-6);
      }),
      { numRuns: 30 },
    );
  });

  it('gives signed cosines, the lower index of equal neighbours, and the most parallel pair', async () => {
    const w = embedding(2, 5, Float64Array.of(1, 0, 0, 0, -2, 0, 3, 0, 1, 5));
    const { index, cosine, coherence, pair } = await streamNeighbours(embeddingSource(w), {
      chunkBytes: 16,
    });
    expect([...index]).toEqual([2, -1, 0, 0, 0]);
    expect([...cosine.subarray(0, 4)]).toEqual([-1, 0, -1, 1]);
    expect(cosine[4]).toBeCloseTo(1 / Math.sqrt(26), 15);
    expect([coherence, pair]).toEqual([1, [0, 2]]);
  });

  it('names the first of equally parallel pairs', async () => {
    const w = embedding(2, 5, Float64Array.of(1, 0, 0, 1, 0, 2, 0, 0, 3, 0));
    expect((await streamNeighbours(embeddingSource(w))).pair).toEqual([0, 4]);
  });

  it.each([
    [0, 4],
    [1, 2],
    [3, 4],
  ])('names the most parallel pair wherever it is: %i and %i', async (first, second) => {
    // Directions 10, 20, .. degrees apart, with two at 1 degree.
    const angles = [0, 40, 75, 110, 140];
    angles[second] = angles[first] - 1;
    const data = angles.flatMap((a) => [Math.cos, Math.sin].map((f) => f((a * Math.PI) / 180)));
    for (const chunkBytes of [16, 32, 1000]) {
      // oxlint-disable-next-line no-await-in-loop -- one search at a time
      const found = await streamNeighbours(
        embeddingSource(embedding(2, 5, Float64Array.from(data))),
        { chunkBytes },
      );
      expect(found.pair).toEqual([first, second]);
      expect(found.coherence).toBeCloseTo(Math.cos(Math.PI / 180), 12);
    }
  });

  it('gives no neighbour and no pair for a single feature', async () => {
    const found = await streamNeighbours(embeddingSource(embedding(3, 1)));
    expect(found).toMatchObject({ coherence: 0, pair: null });
    expect(neighbourCost(1, 3)).toBe(0);
    expect(neighbourCost(1000, 16)).toBe(499_500 * 16);
  });

  it('rejects with the error of a read or the signal, and names a number that is not finite', async () => {
    const w = gaussianEmbedding(4, 200, 3);
    const source = embeddingSource(w, 'W');
    const workers = manyWorkers(2, () => 0.5);
    let reads = 0;
    const broken = {
      ...source,
      read: async (first: number, count: number) => {
        if (++reads === 7) throw new Error('no disk');
        return source.read(first, count);
      },
    };
    await expect(streamNeighbours(broken, {}, workers)).rejects.toThrow('no disk');
    const signal = { aborted: false, reason: new Error('enough') };
    const onProgress = () => {
      signal.aborted = true;
    };
    await expect(streamNeighbours(source, { signal, onProgress }, workers)).rejects.toBe(
      signal.reason,
    );
    w.data[13] = Infinity;
    await expect(streamNeighbours(source, {}, workers)).rejects.toThrow(
      'W: feature 3 has Infinity in dimension 1',
    );
  });

  it('rejects with the first error of a worker, after the others have ended', async () => {
    const inner = manyWorkers(3, () => 0.5);
    let asked = 0;
    let open = 0;
    const workers: StreamWorkers = {
      ...inner,
      ask: async (...words) => {
        const own = ++asked;
        open++;
        try {
          const answer = await inner.ask(...words);
          if (own === 5 || own === 6) throw new Error(`worker ended in pair ${own}`);
          return answer;
        } finally {
          open--;
        }
      },
    };
    const source = embeddingSource(gaussianEmbedding(4, 200, 3));
    await expect(streamNeighbours(source, { chunkBytes: 640 }, workers)).rejects.toThrow(
      /^worker ended in pair [56]$/,
    );
    expect(open).toBe(0);
    // Twenty chunks of ten features have 210 pairs.
    expect(asked).toBeLessThan(20);
  });

  it('keeps no state in which the pair of a failed worker is missing', async () => {
    const inner = inlineWorker();
    let asked = 0;
    const workers: StreamWorkers = {
      ...inner,
      ask: (...words) => (++asked === 3 ? Promise.reject(new Error('lost')) : inner.ask(...words)),
    };
    const done: number[] = [];
    const options = {
      chunkBytes: 640,
      isStateDue: () => true,
      onState: (state: { readonly done: number }) => void done.push(state.done),
    };
    const source = embeddingSource(gaussianEmbedding(4, 200, 3));
    await expect(streamNeighbours(source, options, workers)).rejects.toThrow('lost');
    expect(done).toEqual([1, 2]);
  });
});
