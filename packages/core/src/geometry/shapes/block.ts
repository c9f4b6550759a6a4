import { embedding, type Embedding } from '../../embedding/embedding.ts';
import { chiSquareBound, entryNoise } from './noise.ts';
import type { NameShapeOptions } from './named-shape.ts';

/** Larger blocks are not searched for a shape, since their cosines would take too much memory. */
export const MAX_NAMED_FEATURES = 2048;

/** The vectors of a block whose shape is to be named, with their lengths and cosines. */
export interface BlockVectors {
  /** Their vectors, in units of their mean length, float64. */
  readonly w: Embedding;
  /** Indices of the features in the embedding. */
  readonly numbers: readonly number[];
  readonly lengths: Float64Array;
  /** Cosines of all pairs, N x N; empty for more than {@link MAX_NAMED_FEATURES} features. */
  readonly cosines: Float64Array;
  /** Standard deviation of the noise per entry, in the units of the vectors. */
  readonly sigma: number;
  /** True if signs of features may be flipped. */
  readonly freeSigns: boolean;
}

/**
 * Selects features of an embedding, without those whose length the noise explains.
 *
 * @throws RangeError if a feature is not in the embedding or is given twice, or a number is not finite.
 */
export function takeBlock(
  w: Embedding,
  features: readonly number[],
  options: NameShapeOptions,
): { block: BlockVectors | null; ignored: number[] } {
  const seen = new Set<number>();
  for (const i of features) {
    if (!Number.isInteger(i) || i < 0 || i >= w.features) {
      throw new RangeError(`nameShape: features must be integers in [0, ${w.features}), got ${i}`);
    }
    if (seen.has(i)) throw new RangeError(`nameShape: features must differ, got ${i} twice`);
    seen.add(i);
  }
  const lengths = features.map((i) => length(w, i));
  const isFloat32 = w.data instanceof Float32Array;
  const { kept, ignored, mean, sigma } = longEnough(features, lengths, w.dims, isFloat32, options);
  if (kept.length === 0) return { block: null, ignored };
  const data = new Float64Array(kept.length * w.dims);
  kept.forEach((i, at) => {
    for (let d = 0; d < w.dims; d++) data[at * w.dims + d] = w.data[i * w.dims + d] / mean;
  });
  const vectors = embedding(w.dims, kept.length, data);
  return { block: makeBlock(vectors, kept, sigma, options.signs === 'free'), ignored };
}

/**
 * Separates features whose length the noise explains from the others.
 *
 * @returns both, the mean length of all features, and the standard deviation of the noise per entry over that mean.
 */
export function longEnough(
  features: readonly number[],
  lengths: readonly number[],
  dims: number,
  isFloat32: boolean,
  options: NameShapeOptions,
): { kept: number[]; ignored: number[]; mean: number; sigma: number } {
  const mean = lengths.reduce((sum, x) => sum + x / lengths.length, 0);
  const sigma = entryNoise(options, dims, mean, isFloat32);
  const least = sigma * Math.sqrt(chiSquareBound(dims));
  const isLong = (_: number, at: number): boolean => lengths[at] > mean * least;
  return {
    kept: features.filter(isLong),
    ignored: features.filter((i, at) => !isLong(i, at)),
    mean,
    sigma,
  };
}

/** Makes a block of some features of a block, in the given order, with flipped signs where asked; the noise stays the same. */
export function subBlock(
  { w, numbers, sigma, freeSigns }: BlockVectors,
  order: readonly number[],
  flipped?: ReadonlySet<number>,
): BlockVectors {
  const data = new Float64Array(order.length * w.dims);
  order.forEach((i, at) => {
    const sign = flipped?.has(i) === true ? -1 : 1;
    for (let d = 0; d < w.dims; d++) data[at * w.dims + d] = sign * w.data[i * w.dims + d];
  });
  const vectors = embedding(w.dims, order.length, data);
  const own = order.map((i) => numbers[i]);
  return makeBlock(vectors, own, sigma, freeSigns);
}

/** First-order variance of the cosine between features i and j at a right angle, over sigma^2: 1 / l_i^2 + 1 / l_j^2. */
export function cosineVariance(block: BlockVectors, i: number, j: number): number {
  return 1 / block.lengths[i] ** 2 + 1 / block.lengths[j] ** 2;
}

/**
 * Largest difference that noise may cause between the cosine of features i and j and `cosine`: `deviations` standard
 * deviations of first order, sin(angle) sigma sqrt(1 / l_i^2 + 1 / l_j^2), plus the second order, which dominates near 1
 * and -1.
 */
export function cosineBound(
  block: BlockVectors,
  i: number,
  j: number,
  cosine: number,
  deviations: number,
): number {
  const variance = block.sigma ** 2 * cosineVariance(block, i, j);
  const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
  return deviations * sine * Math.sqrt(variance) + variance * chiSquareBound(block.w.dims);
}

function makeBlock(
  w: Embedding,
  numbers: readonly number[],
  sigma: number,
  freeSigns: boolean,
): BlockVectors {
  const n = w.features;
  const lengths = Float64Array.from(numbers, (_, i) => length(w, i));
  const cosines = new Float64Array(n > MAX_NAMED_FEATURES ? 0 : n * n);
  for (let i = 0; i < n && cosines.length > 0; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let d = 0; d < w.dims; d++) dot += w.data[i * w.dims + d] * w.data[j * w.dims + d];
      const cosine = Math.max(-1, Math.min(1, dot / lengths[i] / lengths[j]));
      cosines[i * n + j] = cosine;
      cosines[j * n + i] = cosine;
    }
  }
  return { w, numbers, lengths, cosines, sigma, freeSigns };
}

function length(w: Embedding, i: number): number {
  let largest = 0;
  for (let d = 0; d < w.dims; d++) {
    const x = w.data[i * w.dims + d];
    if (!Number.isFinite(x)) {
      throw new RangeError(`nameShape: feature ${i} has ${x} in dimension ${d}`);
    }
    largest = Math.max(largest, Math.abs(x));
  }
  if (largest === 0) return 0;
  let sum = 0;
  for (let d = 0; d < w.dims; d++) sum += (w.data[i * w.dims + d] / largest) ** 2;
  return largest * Math.sqrt(sum);
}
