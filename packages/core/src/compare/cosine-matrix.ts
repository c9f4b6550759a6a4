/* oxlint-disable no-await-in-loop -- each worker takes a copy of the vectors in turn */
import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import { lengthOf } from '../streaming/chunk-pair.ts';
import { chunkFeatures, chunksOf, forEachChunk } from '../streaming/chunks.ts';
import { largestEntry } from '../streaming/scaling.ts';
import { endLargeStage, transferable, type StreamWorkers } from '../streaming/workers.ts';
import type { CompareOptions } from './comparison.ts';

/** Cosines of all pairs of two lists of features, rows x columns; the shorter list has the rows. */
export interface CosineMatrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** True if the rows are features of B. */
  readonly isTransposed: boolean;
}

/** Cost in multiply-adds up to which products are computed in float64. */
const IN_FLOAT64 = 1e8;
/** Cost up to which linking a kernel takes longer than the products. */
const WITHOUT_KERNEL = 1e6;
/** Products that a worker returns at a time: 16 MB. */
const AT_ONCE = 2 ** 21;

/** Computes the cosines of all pairs, N_a N_b D multiply-adds; 0 for zero vectors. The longer list is read in chunks. */
export async function cosineMatrix(
  a: FeatureSource,
  b: FeatureSource,
  { signal, onProgress }: CompareOptions,
  workers: StreamWorkers,
): Promise<CosineMatrix> {
  const isTransposed = a.features > b.features;
  const [short, long] = isTransposed ? [b, a] : [a, b];
  const { dims } = a;
  const [rows, columns] = [short.features, long.features];
  const precision: Precision = rows * columns * dims <= IN_FLOAT64 ? 'float64' : 'float32';
  const units = unitsOf(await short.read(0, rows), dims, precision, 0, short.name);
  if (rows * columns * dims <= WITHOUT_KERNEL) {
    const others = unitsOf(await long.read(0, columns), dims, precision, 0, long.name);
    return { values: productsOf(units, others, dims), rows, columns, isTransposed };
  }
  for (let worker = 0; worker < workers.threads; worker++)
    await workers.ask(worker, 'openProducts', { dims, count: rows, rows: units, precision });
  const values = new Float32Array(rows * columns);
  const size = Math.min(4 * chunkFeatures(long), Math.max(1, Math.floor(AT_ONCE / rows)));
  const chunks = chunksOf(columns, size);
  const free = Array.from({ length: workers.threads }, (_, worker) => worker);
  await forEachChunk(
    long,
    chunks,
    {
      ahead: workers.threads,
      stage: 'neighbours',
      hooks: {
        signal,
        onProgress: ({ done, total }) =>
          onProgress?.({ part: 'pairs', stage: 'cosines', done, total }),
      },
    },
    async (chunk, first, count) => {
      const worker = free.shift() ?? 0;
      const given = unitsOf(chunk, dims, precision, first, long.name);
      const products = await workers.ask(
        worker,
        'products',
        { chunk: given, count },
        transferable(given),
      );
      for (let row = 0; row < rows; row++) {
        const to = row * columns + first;
        for (let f = 0; f < count; f++) values[to + f] = products[f * rows + row];
      }
      free.push(worker);
    },
  );
  await endLargeStage(workers, dims);
  return { values, rows, columns, isTransposed };
}

/** Inner products of all pairs of a few vectors. */
function productsOf(
  rows: Float32Array | Float64Array,
  columns: Float32Array | Float64Array,
  dims: number,
): Float32Array {
  const products = new Float32Array((rows.length / dims) * (columns.length / dims));
  for (let row = 0, at = 0; row < rows.length; row += dims) {
    for (let column = 0; column < columns.length; column += dims, at++) {
      let sum = 0;
      for (let d = 0; d < dims; d++) sum += rows[row + d] * columns[column + d];
      products[at] = sum;
    }
  }
  return products;
}

/** Vectors scaled to length 1; zero vectors stay zero. @throws RangeError if a number is not finite. */
function unitsOf(
  vectors: Float32Array | Float64Array,
  dims: number,
  precision: Precision,
  first: number,
  name: string,
): Float32Array | Float64Array {
  largestEntry(vectors, dims, first, name);
  const units = new (precision === 'float32' ? Float32Array : Float64Array)(vectors.length);
  for (let from = 0; from < vectors.length; from += dims) {
    const length = lengthOf(vectors, from, dims);
    if (length === null) continue;
    for (let j = from; j < from + dims; j++) units[j] = vectors[j] / length.largest / length.root;
  }
  return units;
}
