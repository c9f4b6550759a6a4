import { noNeighbours, type Neighbours } from '@polysem/numerics/dense';
import type { FeatureSource } from '../embedding/feature-source.ts';
import type { Signs } from './chunk-pair.ts';
import { bytesOf, throwIfAborted } from './chunks.ts';
import { nearestSoFar, pairPass } from './pair-pass.ts';
import { largestEntry } from './scaling.ts';
import { CHUNK_BYTES, MIN_CHUNKS, type StreamNeighbourOptions } from './stream-neighbours.ts';
import type { StreamWorkers } from './workers.ts';

/** For each feature of two sources, the nearest feature of the other source and the signed cosine with it. */
export interface CrossNeighbours {
  /** For each feature of A: index in B, -1 for a zero vector or if B has only zero vectors, and the cosine. */
  readonly ofA: Neighbours;
  /** For each feature of B: index in A, and the cosine. */
  readonly ofB: Neighbours;
}

/**
 * The nearest neighbour of every feature of A in B, and of B in A, over all pairs: N_a N_b D multiply-adds. Pairs are found in
 * float32, and their cosines computed in float64; the lowest index wins among equally near ones. B is read once per chunk of
 * A. The result does not depend on the number of workers.
 */
export async function crossNeighbours(
  a: FeatureSource,
  b: FeatureSource,
  options: StreamNeighbourOptions & { readonly signs: Signs },
  workers: StreamWorkers,
): Promise<CrossNeighbours> {
  const { dims } = a;
  const { chunkBytes = CHUNK_BYTES, signs } = options;
  const sizeIn = ({ features, precision }: FeatureSource): number => {
    const most = Math.max(1, Math.floor(chunkBytes / (dims * bytesOf(precision))));
    return Math.min(most, Math.ceil(features / MIN_CHUNKS));
  };
  const size = Math.min(sizeIn(a), sizeIn(b));
  const read = async (
    source: FeatureSource,
    chunk: number,
  ): Promise<Float32Array | Float64Array> => {
    throwIfAborted(options);
    const first = chunk * size;
    const numbers = await source.read(first, Math.min(size, source.features - first));
    largestEntry(numbers, dims, first, source.name);
    return numbers;
  };
  const empty = [noNeighbours(a.features), noNeighbours(b.features)];
  const nearest = nearestSoFar(options.begun, size, empty);
  const [ofA, ofB] = nearest;
  const [rows, columns] = [a, b].map(({ features }) => Math.ceil(features / size));
  await pairPass(
    {
      dims,
      most: size,
      total: rows * columns,
      signs,
      pairs: rectangle(rows, columns),
      readRow: (chunk) => read(a, chunk),
      readColumn: (chunk) => read(b, chunk),
      nearest,
    },
    ({ row, column }, found) => {
      merge(ofA, row * size, found.ofA, column * size, signs);
      merge(ofB, column * size, found.ofB, row * size, signs);
    },
    workers,
    options,
  );
  return { ofA, ofB };
}

/** Every chunk of A with every chunk of B. */
function* rectangle(rows: number, columns: number): Generator<[row: number, column: number]> {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) yield [row, column];
}

/** Takes nearer neighbours, and of equally near ones that with the lower index. */
function merge(into: Neighbours, first: number, found: Neighbours, offset: number, signs: Signs) {
  const nearness = signs === 'free' ? Math.abs : (cosine: number): number => cosine;
  found.index.forEach((local, f) => {
    if (local < 0) return;
    const [at, index, cosine] = [first + f, local + offset, found.cosine[f]];
    const known = into.index[at];
    const gain = nearness(cosine) - nearness(into.cosine[at]);
    if (known >= 0 && (gain < 0 || (gain === 0 && index > known))) return;
    into.index[at] = index;
    into.cosine[at] = cosine;
  });
}
