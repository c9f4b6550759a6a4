/* oxlint-disable no-await-in-loop -- each round of pilots depends on the last */
import type { FeatureSource } from '../../embedding/feature-source.ts';
import type { LinkTree } from '../../geometry/linking.ts';
import { linking, type LinkingOptions } from '../../geometry/linking.ts';
import { chunksOf, bytesOf } from '../chunks.ts';
import { onEveryWorker, type StreamWorkers } from '../workers.ts';
import { shareChunks } from '../share-chunks.ts';
import type { StreamHooks } from '../stream-measurement.ts';
import { selectedVectors } from './selected-features.ts';

/** Bytes of a chunk's vectors and products. */
const CHUNK_BYTES = 4 * 2 ** 20;

/**
 * `linkTree` of features that are read in chunks: one pass for each of at most five rounds of pilots. O(N D pilots) time,
 * O(N + pilots^2) memory.
 *
 * @param source features without zero vectors.
 */
export async function streamLinkTree(
  source: FeatureSource,
  squaredNorm: Float64Array,
  options: LinkingOptions,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<LinkTree> {
  const { dims, features, precision } = source;
  const rounds = linking(squaredNorm, options);
  for (;;) {
    const { done, value } = rounds.next();
    if (done === true) return value;
    const { pilots, before, most, visit } = value;
    const count = pilots.length;
    const order = Array.from(pilots.keys()).toSorted((j, k) => pilots[j] - pilots[k]);
    const ascending = order.map((k) => pilots[k]);
    const vectors = await selectedVectors(source, ascending, hooks);
    const rows = new Float64Array(count * dims);
    order.forEach((k, at) => {
      rows.set(vectors.subarray(at * dims, (at + 1) * dims), k * dims);
    });
    await onEveryWorker(workers, (worker) =>
      workers.ask(worker, 'openProducts', { dims, count, rows, precision: 'float64' }),
    );
    const round: StreamHooks = {
      signal: hooks.signal,
      onProgress: ({ stage, done: seen, total }) =>
        hooks.onProgress?.({ stage, done: before * total + count * seen, total: most * total }),
    };
    const size = Math.max(1, Math.floor(CHUNK_BYTES / (dims * bytesOf(precision) + 8 * count)));
    await shareChunks(
      {
        source,
        chunks: chunksOf(features, size),
        stage: 'links',
        task: 'products',
        inputOf: (chunk, taken) => ({ chunk, count: taken }),
      },
      workers,
      round,
      (products, first, taken) => {
        for (let f = 0; f < taken; f++) visit(first + f, products, f * count);
      },
    );
  }
}
