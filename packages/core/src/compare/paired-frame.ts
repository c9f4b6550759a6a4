import { embedding } from '../embedding/embedding.ts';
import type { FeatureSource } from '../embedding/feature-source.ts';
import { polarFactor } from '../embedding/polar.ts';
import { rowProducts } from '@polysem/numerics/dense';
import { allChunks, sumFrame } from '../streaming/frame-pass.ts';
import type { StreamHooks } from '../streaming/stream-measurement.ts';
import { meanVector } from '../streaming/transforms.ts';
import type { StreamWorkers } from '../streaming/workers.ts';
import type { GramSimilarity } from './comparison.ts';
import type { PairIndices } from './pair-features.ts';
import { stacked } from './paired-source.ts';

/** Sums over pairs (a_i, b_i) of two lists of features, and their mean vectors. */
export interface PairedFrame {
  readonly pairs: number;
  readonly dims: number;
  /**
   * Lower triangle of sum_i (a_i, b_i) (a_i, b_i)^T, 2 D x 2 D, times the square of the scale: the frame operators of both on the
   * diagonal, and sum_i b_i a_i^T below.
   */
  readonly sums: Float64Array;
  readonly scale: number;
  /** 2 D numbers. */
  readonly mean: Float64Array;
}

/** Sums over pairs, in float64: 2 D^2 multiply-adds per pair, memory for 4 D^2 numbers. */
export async function pairedFrame(
  a: FeatureSource,
  b: FeatureSource,
  pairs: PairIndices,
  hooks: StreamHooks,
  workers: StreamWorkers,
): Promise<PairedFrame> {
  const source = stacked(a, b, pairs);
  const mean = await meanVector(source, hooks);
  const pass = { source, chunks: allChunks(source), precision: 'float64', stage: 'frame' } as const;
  const { rows, scale } = await sumFrame(pass, workers, hooks);
  return { pairs: pairs.a.length, dims: a.dims, sums: rows, scale, mean };
}

/** Compares the Gram matrices of paired features: tr(G_a G_b) = |sum_i a_i b_i^T|^2. Null if one of them is zero. */
export function gramSimilarity(frame: PairedFrame): GramSimilarity | null {
  const { pairs, dims } = frame;
  const cosine = blockRatio(frame, false);
  if (cosine === null) return null;
  return { cosine, chance: dims / (pairs + dims + 1), cka: blockRatio(frame, true) };
}

/** |S_ba|^2 / (|S_aa| |S_bb|), with the mean vectors subtracted if `isCentred`. */
function blockRatio(
  { dims, sums, mean, scale, pairs }: PairedFrame,
  isCentred: boolean,
): number | null {
  const width = 2 * dims;
  const factor = isCentred ? pairs * scale * scale : 0;
  const squares = { aa: 0, bb: 0, ba: 0 };
  // Rounding of the sums; what is left of them after the means are subtracted may be only that.
  const floors = { aa: 0, bb: 0 };
  for (let r = 0; r < width; r++) {
    for (let c = 0; c <= r; c++) {
      const sum = sums[r * width + c];
      const square = (sum - factor * mean[r] * mean[c]) ** 2;
      const block = c >= dims ? 'bb' : r < dims ? 'aa' : 'ba';
      const times = block === 'ba' || r === c ? 1 : 2;
      squares[block] += times * square;
      if (block !== 'ba') floors[block] += times * sum ** 2;
    }
  }
  const { aa, bb, ba } = squares;
  if (!(aa > floors.aa * 1e-26 && bb > floors.bb * 1e-26)) return null;
  return Math.min(1, ba / Math.sqrt(aa) / Math.sqrt(bb));
}

/**
 * The features of B turned onto those of A: Q b_i with the orthogonal Q that minimises sum_i |Q b_i - a_i|^2 over the pairs
 * (see `turnedOnto`).
 */
export function alignedSource(b: FeatureSource, { dims, sums }: PairedFrame): FeatureSource {
  // Column k of sum_i a_i b_i^T is row D + k of the sums.
  const product = embedding(dims, dims);
  for (let k = 0; k < dims; k++) {
    const from = (dims + k) * 2 * dims;
    product.data.set(sums.subarray(from, from + dims), k * dims);
  }
  const { data: q } = polarFactor(product).factor;
  const rows = q.map((_, at) => q[(at % dims) * dims + Math.floor(at / dims)]);
  const kernel = rowProducts({ dims, count: dims, rows, precision: 'float64' });
  return {
    ...b,
    read: async (first, count) => {
      const turned = kernel.multiply(await b.read(first, count), count);
      // Rounded as the file rounds, because the tolerance of the rank depends on it.
      return b.precision === 'float32' ? Float32Array.from(turned) : turned;
    },
  };
}
