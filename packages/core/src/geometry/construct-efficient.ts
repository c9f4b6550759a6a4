import {
  integerAtLeast,
  nonNegativeInteger,
  notNegative,
  positive,
  positiveInteger,
} from '@polysem/numerics/checks';
import { embedding, type Embedding } from '../embedding/embedding.ts';
import { bernoulli, normal } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';
import { permutation } from '@polysem/numerics/random';
import { randomTightFrameOf } from './frame-of-capacities.ts';
import { randomOrthogonal, randomTightFrame } from './random-tight-frame.ts';

/** Description of one block sqrt(gamma) R, R R^T = I. */
export interface BlockDescription {
  /** D_k. */
  readonly dims: number;
  /** Capacities in [0, 1] that sum to `dims`, for a random tight frame with these capacities (`randomTightFrameOf`). */
  readonly capacities?: readonly number[];
  /** Number of features, for a random tight frame with any capacities. Give either `capacities` or `features`. */
  readonly features?: number;
  /** n_i = gamma C_i. Default 1. */
  readonly gamma?: number;
}

/** Description of an efficient matrix W = Q B P, with optional noise. */
export interface EfficientDescription {
  readonly blocks: readonly BlockDescription[];
  /** Number of features of capacity 0: zero vectors before noise is added. Default 0. */
  readonly ignored?: number;
  /** D, at least the sum of the dimensions of the blocks, which is the default. */
  readonly dims?: number;
  /** True if the space is rotated by a random Q. Default true. */
  readonly rotate?: boolean;
  /** True if features are in random order. Default true; if false, they are ordered by block, ignored ones last. */
  readonly permute?: boolean;
  /** True if features get random signs. Default true. */
  readonly flip?: boolean;
  /**
   * Level of Gaussian noise, independent in every entry: root mean square length of the noise in a vector, over the mean
   * norm of the features that are not ignored. Default 0. (The mean length of the noise is smaller by a fraction 1 / (4 D).)
   */
  readonly noise?: number;
}

/** A constructed embedding, with the location of its blocks. */
export interface EfficientConstruction {
  readonly embedding: Embedding;
  /** The features of each block, ascending, in the order of the description. */
  readonly blocks: readonly (readonly number[])[];
  /** The features of capacity 0, ascending. */
  readonly ignored: readonly number[];
  /** Standard deviation of the noise in each entry. */
  readonly sigma: number;
}

/**
 * Builds an efficient matrix W = Q B P with given blocks (arXiv:2210.01892, theorems 1 and 2), and adds noise to it if asked.
 *
 * @param g random numbers.
 * @param description blocks, order of features and noise.
 * @returns the embedding, and which features are in which block.
 * @throws RangeError naming the field that is contradictory or out of range.
 * @example
 * ```js
 * import { generator } from 'polysem/random';
 * import { constructEfficient } from 'polysem/geometry';
 * const blocks = [{ dims: 1, features: 2 }, { dims: 2, features: 3 }];
 * constructEfficient(generator(0), { blocks, permute: false }).blocks; // [[0, 1], [2, 3, 4]]
 * ```
 */
export function constructEfficient(
  g: Generator,
  description: EfficientDescription,
): EfficientConstruction {
  const {
    blocks,
    ignored = 0,
    rotate = true,
    permute = true,
    flip = true,
    noise = 0,
  } = description;
  const dims = checkDescription(description);
  const parts = blocks.map((block) => frameOf(g, block));
  const features = parts.reduce((total, part) => total + part.features, ignored);
  const w = embedding(dims, features);
  const place = permute
    ? permutation(g, features)
    : Uint32Array.from({ length: features }, (_, i) => i);
  const turn = rotate ? randomOrthogonal(g, dims) : undefined;
  const members: number[][] = [];
  let first = 0;
  let axis = 0;
  parts.forEach((part, k) => {
    const scale = Math.sqrt(blocks[k].gamma ?? 1);
    const own: number[] = [];
    for (let i = 0; i < part.features; i++) {
      const at = place[first + i];
      const sign = flip && bernoulli(g, 0.5) ? -scale : scale;
      own.push(at);
      for (let r = 0; r < part.dims; r++) {
        const x = sign * part.data[i * part.dims + r];
        if (turn === undefined) w.data[at * dims + axis + r] = x;
        else
          addTo(
            w.data.subarray(at * dims),
            turn.subarray((axis + r) * dims, (axis + r + 1) * dims),
            x,
          );
      }
    }
    members.push(own.toSorted((i, j) => i - j));
    first += part.features;
    axis += part.dims;
  });
  const sigma = addNoise(g, w, features - ignored, noise);
  return {
    embedding: w,
    blocks: members,
    ignored: Array.from(place.subarray(first)).toSorted((i, j) => i - j),
    sigma,
  };
}

/** Checks a description, and returns its number of dimensions. */
function checkDescription(description: EfficientDescription): number {
  const { blocks, ignored = 0, noise = 0 } = description;
  blocks.forEach(checkBlock);
  const needed = blocks.reduce((total, block) => total + block.dims, 0);
  const dims = description.dims ?? needed;
  integerAtLeast('dims', dims, Math.max(1, needed));
  nonNegativeInteger('ignored', ignored);
  notNegative('noise', noise);
  return dims;
}

function checkBlock({ dims, capacities, features, gamma = 1 }: BlockDescription, k: number): void {
  positiveInteger(`blocks[${k}].dims`, dims);
  positive(`blocks[${k}].gamma`, gamma);
  if ((capacities === undefined) === (features === undefined)) {
    throw new RangeError(`blocks[${k}]: must have either capacities or features`);
  }
  if (features !== undefined) integerAtLeast(`blocks[${k}].features`, features, dims);
}

function frameOf(g: Generator, { dims, capacities, features }: BlockDescription): Embedding {
  if (capacities === undefined) return randomTightFrame(g, features ?? dims, dims);
  return randomTightFrameOf(g, capacities, dims);
}

/** Adds a multiple of a row to the beginning of the target. */
function addTo(target: Float64Array | Float32Array, row: Float64Array, factor: number): void {
  for (let d = 0; d < row.length; d++) target[d] += factor * row[d];
}

/** Adds noise, and returns its standard deviation per entry. */
function addNoise(g: Generator, w: Embedding, represented: number, noise: number): number {
  if (noise === 0 || represented === 0) return 0;
  let total = 0;
  for (let i = 0; i < w.features; i++) {
    let n = 0;
    for (let d = 0; d < w.dims; d++) n += w.data[i * w.dims + d] ** 2;
    total += Math.sqrt(n);
  }
  const sigma = (noise * total) / represented / Math.sqrt(w.dims);
  for (let j = 0; j < w.data.length; j++) w.data[j] += sigma * normal(g);
  return sigma;
}
