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
  const pass = {
    source,
    chunks: allChunks(source),
    precision: 'float64',
    stage: 'frame',
  } as const;
  const { rows, scale } = await sumFrame(pass, workers, hooks);
  return { pairs: pairs.a.length, dims: a.dims, sums: rows, scale, mean };
}

/**
 * Compares the Gram matrices of paired features: tr(G_a G_b) = |sum_i a_i b_i^T|^2. If the directions of one were random, inner
 * products of different features would be 0 on average, which leaves sum_i |a_i|^2 |b_i|^2.
 *
 * @param frame sums over the pairs.
 * @param squaredNorms |a_i|^2 and |b_i|^2 of each pair.
 * @returns null if one of the matrices is zero.
 */
export function gramSimilarity(
  frame: PairedFrame,
  squaredNorms: readonly [a: Float64Array, b: Float64Array],
): GramSimilarity | null {
  const blocks = blockSquares(frame, false);
  const cosine = ratioOf(blocks);
  if (cosine === null) return null;
  const [ofA, ofB] = squaredNorms;
  const square = frame.scale ** 2;
  const own = ofA.reduce((sum, norm, k) => sum + norm * square * (ofB[k] * square), 0);
  return {
    cosine,
    chance: own / Math.sqrt(blocks.aa) / Math.sqrt(blocks.bb),
    cka: ratioOf(blockSquares(frame, true)),
  };
}

/** Sums of squares of the blocks, and those that rounding of the sums may leave. */
interface BlockSquares {
  readonly aa: number;
  readonly bb: number;
  readonly ba: number;
  readonly rounding: { readonly aa: number; readonly bb: number };
}

/** Squares of the blocks of the sums, with the mean vectors subtracted if `isCentred`. */
function blockSquares(
  { dims, sums, mean, scale, pairs }: PairedFrame,
  isCentred: boolean,
): BlockSquares {
  const width = 2 * dims;
  const factor = isCentred ? pairs * scale * scale : 0;
  const squares = { aa: 0, bb: 0, ba: 0 };
  const rounding = { aa: 0, bb: 0 };
  for (let r = 0; r < width; r++) {
    for (let c = 0; c <= r; c++) {
      const sum = sums[r * width + c];
      const square = (sum - factor * mean[r] * mean[c]) ** 2;
      const block = c >= dims ? 'bb' : r < dims ? 'aa' : 'ba';
      const times = block === 'ba' || r === c ? 1 : 2;
      squares[block] += times * square;
      // Sums of n products in float64 are accurate to about 2^-43.
      if (block !== 'ba') rounding[block] += times * (sum * 2 ** -43) ** 2;
    }
  }
  return { ...squares, rounding };
}

/** |S_ba|^2 / (|S_aa| |S_bb|), at most 1; null if a block is zero up to rounding. */
function ratioOf({ aa, bb, ba, rounding }: BlockSquares): number | null {
  if (!(aa > rounding.aa && bb > rounding.bb)) return null;
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
