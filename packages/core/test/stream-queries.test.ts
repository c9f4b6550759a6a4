import { generator } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { embedding, featureVector } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { mostPilots } from '../src/geometry/linking.ts';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';
import {
  featuresOf,
  queryDirections,
  queryFrame,
  queryShares,
  querySpectra,
  type Span,
  type WithQueries,
} from '../src/geometry/vector-queries.ts';
import { answerQueries } from '../src/streaming/geometry/answer-queries.ts';
import { streamGeometry } from '../src/streaming/geometry/stream-geometry.ts';
import type { StreamProgress } from '../src/streaming/stream-measurement.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';

const random = (() => {
  let x = 1;
  return () => (x = (16807 * x) % 2147483647) / 2147483647;
})();

/** Answers from a stream that is read in chunks by three workers at different speeds. */
async function streamed<T>(w: ReturnType<typeof embedding>, asking: WithQueries<T>): Promise<T> {
  const squaredNorm = Float64Array.from({ length: w.features }, (_, i) =>
    Array.from(featureVector(w, i)).reduce((sum, x) => sum + x * x, 0),
  );
  return answerQueries(embeddingSource(w), squaredNorm, asking, manyWorkers(3, random), {});
}

describe('queries about vectors that are read in chunks', () => {
  it('give squared lengths of projections, each once and in order of features', async () => {
    // Two chunks, of 13,107 features and the rest. 256 rows per pass: spans of 279 together, the first of which are 250 and 257.
    const [dims, features] = [20, 13_200];
    const ranks = [...Array.from({ length: 12 }, () => 20), 10, 7, 4, 1, 17];
    const w = gaussianEmbedding(dims, features, 1);
    const q = randomOrthogonal(generator(2), dims);
    // Rows beyond the rank of a span do not count.
    const spans: Span[] = ranks.map((rank, k) => ({
      vectors: q.slice((k % (21 - rank)) * dims),
      rank,
    }));
    const shares = ranks.map((): number[] => []);
    let outOfOrder = 0;
    await streamed(
      w,
      queryShares(spans, (span, j, share) => {
        if (shares[span].length !== j) outOfOrder++;
        shares[span].push(share);
      }),
    );
    expect(outOfOrder).toBe(0);
    spans.forEach(({ vectors, rank }, span) => {
      expect(shares[span]).toHaveLength(features);
      for (let j = span; j < features; j += 211) {
        const vector = featureVector(w, j);
        let share = 0;
        for (let k = 0; k < rank; k++) {
          let dot = 0;
          for (let d = 0; d < dims; d++) dot += vectors[k * dims + d] * vector[d];
          share += dot ** 2;
        }
        // Each of `rank` products has errors of 20 roundings of the length of the vector.
        const error = 20 * 2 ** -52 * Math.hypot(...vector) * 2 * Math.sqrt(rank * share);
        expect(Math.abs(shares[span][j] - share)).toBeLessThan(error);
      }
    });
  });

  it.each([1, 2 ** -60])(
    'give spectra, directions and the frame operator, for scale %d',
    async (scale) => {
      const w = gaussianEmbedding(5, 12, 4);
      w.data.forEach((x, j) => {
        w.data[j] = scale * x;
      });
      const groups = [[3], [0, 7, 4, 9], [2, 1], [11]];
      const { spectra, bases } = await streamed(
        w,
        querySpectra(groups, (values, size) => (values.length === 4 && size === 4 ? 3 : 1)),
      );
      groups.forEach((group, k) => {
        const { values, vectors } = leftSingular(featuresOf(w, group));
        expect(spectra[k].length).toBe(values.length);
        spectra[k].forEach((value, i) => expect(value / values[i]).toBeCloseTo(1, 12));
        const kept = group.length === 4 ? 3 : group.length === 2 ? 1 : 0;
        expect(bases[k]).toEqual(Float64Array.from(vectors.subarray(0, kept * 5)));
      });
      const directions = await streamed(w, queryDirections([6, 2]));
      [6, 2].forEach((i, k) => {
        const vector = featureVector(w, i);
        const norm = Math.hypot(...vector);
        const sign = Math.sign(directions[k][0] * vector[0]);
        expect(directions[k]).toHaveLength(5);
        directions[k].forEach((x, d) => expect(sign * x).toBeCloseTo(vector[d] / norm, 12));
      });
      const s = await streamed(w, queryFrame());
      for (let r = 0; r < 5; r++)
        for (let c = 0; c < 5; c++) {
          let entry = 0;
          for (let i = 0; i < 12; i++) entry += w.data[5 * i + r] * w.data[5 * i + c];
          expect((s[5 * r + c] - entry) / scale ** 2).toBeCloseTo(0, 12);
        }
    },
  );
});

it('geometry in chunks reports the progress of each pass from its start to its end', async () => {
  // Two chunks, and two blocks in noise.
  const { embedding: w } = constructEfficient(generator(3), {
    blocks: [
      { dims: 30, features: 500 },
      { dims: 10, features: 400, gamma: 2 },
    ],
    dims: 300,
    noise: 0.02,
  });
  const seen = new Map<string, { done: number; total: number }[]>();
  const onProgress = ({ stage, done, total }: StreamProgress): void => {
    seen.set(stage, [...(seen.get(stage) ?? []), { done, total }]);
  };
  const workers = manyWorkers(2, random);
  const found = await streamGeometry(embeddingSource(w), { onProgress }, workers);
  expect(found.structure.components).toHaveLength(2);
  expect([...seen.keys()].toSorted()).toEqual([
    'blocks',
    'frame',
    'links',
    'neurons',
    'shapes',
    'spectral',
    'spectrum',
    'whole',
  ]);
  expect(seen.get('whole')?.[0].done).toBe(0);
  for (const steps of seen.values()) {
    expect(steps.at(-1)).toEqual({ done: steps.at(-1)?.total, total: steps.at(-1)?.total });
    steps.forEach(({ done, total }, k) => {
      expect(done).toBeLessThanOrEqual(total);
      const before = steps[k - 1];
      // A pass ends before the next one begins.
      if (before !== undefined && done <= before.done) expect(before.done).toBe(before.total);
    });
  }
  const totals = (stage: string): Set<number> =>
    new Set((seen.get(stage) ?? []).map(({ total }) => total));
  expect(totals('spectral')).toEqual(new Set([900]));
  // Each neuron is looked at twice, and each feature is compared with each pilot.
  expect(totals('neurons')).toEqual(new Set([1800]));
  expect(totals('links')).toEqual(new Set([900 * mostPilots(900)]));
  expect(totals('shapes')).toEqual(new Set([2]));
  expect(seen.get('shapes')).toHaveLength(2);
});
