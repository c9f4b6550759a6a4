import { embedding, type Embedding } from '../embedding/embedding.ts';
import { bernoulli, normal } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';
import { permutation } from '@polysem/numerics/random';
import { randomTightFrameOf } from './frame-of-capacities.ts';
import { randomOrthogonal, randomTightFrame } from './random-tight-frame.ts';

/** One block sqrt(gamma) R, R R^T = I. */
export interface BlockDescription {
  /** D_k. */
  readonly dims: number;
  /** Capacities in [0, 1] that sum to `dims`, of a random tight frame (`randomTightFrameOf`). */
  readonly capacities?: readonly number[];
  /** Or how many features, with the capacities that come of a random tight frame. */
  readonly features?: number;
  /** n_i = gamma C_i. Default 1. */
  readonly gamma?: number;
}

/** An efficient matrix W = Q B P, perhaps with noise. */
export interface EfficientDescription {
  readonly blocks: readonly BlockDescription[];
  /** Features of capacity 0, zero vectors before noise. Default 0. */
  readonly ignored?: number;
  /** D; by default as many as the blocks have, and no fewer. */
  readonly dims?: number;
  /** Whether the space is turned by a random Q. Default true. */
  readonly rotate?: boolean;
  /** Whether features are in random order. Default true; otherwise block after block, ignored ones last. */
  readonly permute?: boolean;
  /** Whether features get random signs. Default true. */
  readonly flip?: boolean;
  /**
   * Gaussian noise, independent in every entry, as the root mean square length of each feature's part of it in mean norms
   * of the features that are not ignored. Default 0. (The mean length is less by 1 / (4 D) of it.)
   */
  readonly noise?: number;
}

/** The matrix, and what is where in it. */
export interface EfficientConstruction {
  readonly embedding: Embedding;
  /** The features of each block described, ascending. */
  readonly blocks: readonly (readonly number[])[];
  /** The features of capacity 0, ascending. */
  readonly ignored: readonly number[];
  /** Standard deviation of the noise in each entry. */
  readonly sigma: number;
}

/**
 * Builds an efficient matrix W = Q B P with the blocks described (arXiv:2210.01892, Theorems 1 and 2), or one near it.
 *
 * @throws RangeError if a description is contradictory or out of range, naming it.
 */
export function constructEfficient(
  description: EfficientDescription,
  g: Generator,
): EfficientConstruction {
  const {
    blocks,
    ignored = 0,
    rotate = true,
    permute = true,
    flip = true,
    noise = 0,
  } = description;
  blocks.forEach(checkBlock);
  const needed = blocks.reduce((total, block) => total + block.dims, 0);
  const dims = description.dims ?? needed;
  if (!Number.isInteger(dims) || dims < needed || dims < 1) {
    throw new RangeError(
      `constructEfficient: dims must be an integer of at least ${needed}, got ${dims}`,
    );
  }
  if (!Number.isInteger(ignored) || ignored < 0) {
    throw new RangeError(`constructEfficient: ignored must be a count, got ${ignored}`);
  }
  if (!(noise >= 0 && noise < Infinity)) {
    throw new RangeError(`constructEfficient: noise must be a number of at least 0, got ${noise}`);
  }
  const parts = blocks.map((block) => frameOf(block, g));
  const features = parts.reduce((total, part) => total + part.features, ignored);
  const w = embedding(dims, features);
  const place = permute
    ? permutation(g, features)
    : Uint32Array.from({ length: features }, (_, i) => i);
  const turn = rotate ? randomOrthogonal(dims, g) : undefined;
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
        else addRow(w.data, at * dims, turn, (axis + r) * dims, dims, x);
      }
    }
    members.push(own.toSorted((i, j) => i - j));
    first += part.features;
    axis += part.dims;
  });
  const sigma = addNoise(w, features - ignored, noise, g);
  return {
    embedding: w,
    blocks: members,
    ignored: Array.from(place.subarray(first)).toSorted((i, j) => i - j),
    sigma,
  };
}

function checkBlock({ dims, capacities, features, gamma = 1 }: BlockDescription, k: number): void {
  if (!Number.isInteger(dims) || dims < 1) {
    throw new RangeError(`blocks[${k}].dims: must be a positive integer, got ${dims}`);
  }
  if (!(gamma > 0 && gamma < Infinity)) {
    throw new RangeError(`blocks[${k}].gamma: must be a positive number, got ${gamma}`);
  }
  if ((capacities === undefined) === (features === undefined)) {
    throw new RangeError(`blocks[${k}]: needs either capacities or a number of features`);
  }
  if (features !== undefined && !(Number.isInteger(features) && features >= dims)) {
    throw new RangeError(
      `blocks[${k}].features: must be an integer of at least ${dims}, got ${features}`,
    );
  }
}

function frameOf({ dims, capacities, features }: BlockDescription, g: Generator): Embedding {
  if (capacities === undefined) return randomTightFrame(features ?? dims, dims, g);
  return randomTightFrameOf(capacities, dims, g);
}

function addRow(
  target: Float64Array | Float32Array,
  at: number,
  rows: Float64Array,
  from: number,
  length: number,
  factor: number,
): void {
  for (let d = 0; d < length; d++) target[at + d] += factor * rows[from + d];
}

/** @returns the standard deviation of an entry. */
function addNoise(w: Embedding, represented: number, noise: number, g: Generator): number {
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
