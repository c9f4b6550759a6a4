import type { Vectors } from '@polysem/numerics/dense';
import type { NearestNeighbours } from '@polysem/numerics/dense';
import { noNeighbours, takeNearer, type Neighbours } from '@polysem/numerics/dense';

/** Two chunks of features, or one chunk compared with itself. */
export interface PairInput {
  readonly dims: number;
  /** Largest number of features in a chunk. */
  readonly most: number;
  readonly a: Vectors;
  readonly aCount: number;
  /** Null: pairs within `a`. */
  readonly b: Vectors | null;
  readonly bCount: number;
  /** `fixed`: the nearest has the largest cosine. Default `free`: the largest |cosine|. Only between two chunks. */
  readonly signs?: Signs | undefined;
}

/** `fixed`: a vector and its negative are opposite. `free`: they are the same. */
export type Signs = 'fixed' | 'free';

/** Neighbours of the features of each chunk in the other chunk; `ofB` is empty if there is only one chunk. */
export interface NeighbourPair {
  readonly ofA: Neighbours;
  readonly ofB: Neighbours;
}

/**
 * Nearest neighbours among the features of two chunks: found in float32, which computes cosines to about 1e-7, then
 * evaluated in float64. Zero vectors are ignored.
 */
export function neighbourPair(
  kernel: NearestNeighbours,
  { dims, a, aCount, b, bCount, signs }: PairInput,
): NeighbourPair {
  const extra = extraDims(signs);
  const units = unitVectors(a, aCount, dims, extra);
  if (b === null) {
    const { index } = kernel.within(units, aCount);
    return { ofA: exactly(index, a, a, dims), ofB: noNeighbours(0) };
  }
  const { ofA, ofB } = kernel.between(units, aCount, unitVectors(b, bCount, dims, extra), bCount);
  return { ofA: exactly(ofA.index, a, b, dims), ofB: exactly(ofB.index, b, a, dims) };
}

/**
 * Coordinates to append to vectors. The kernel looks for the largest |product|; with a last coordinate of 1 in all vectors, it
 * is 1 + cosine, which is never negative, so its largest has the largest cosine.
 */
export function extraDims(signs: Signs | undefined): number {
  return signs === 'fixed' ? 1 : 0;
}

/** Neighbours with cosines computed in float64. */
function exactly(index: Int32Array, a: Vectors, b: Vectors, dims: number): Neighbours {
  const found = noNeighbours(index.length);
  index.forEach((j, i) => {
    if (j >= 0) takeNearer(found, i, j, cosine(a, i, b, j, dims));
  });
  return found;
}

/** Vectors scaled to length 1, in float32, followed by `extra` coordinates of 1; zero vectors stay zero. */
function unitVectors(chunk: Vectors, count: number, dims: number, extra: number): Float32Array {
  const units = new Float32Array(count * (dims + extra));
  for (let i = 0; i < count; i++) {
    const from = i * dims;
    const to = i * (dims + extra);
    const length = lengthOf(chunk, from, dims);
    if (length === null) continue;
    for (let d = 0; d < dims; d++) units[to + d] = chunk[from + d] / length.largest / length.root;
    units.fill(1, to + dims, to + dims + extra);
  }
  return units;
}

/** The length of a vector as a product, each factor within the range of float64; null if it is 0. */
export function lengthOf(
  chunk: Vectors,
  from: number,
  dims: number,
): { readonly largest: number; readonly root: number } | null {
  let largest = 0;
  for (let d = from; d < from + dims; d++) largest = Math.max(largest, Math.abs(chunk[d]));
  if (largest === 0) return null;
  let square = 0;
  for (let d = from; d < from + dims; d++) square += (chunk[d] / largest) ** 2;
  return { largest, root: Math.sqrt(square) };
}

/** The cosine of two non-zero vectors, in [-1, 1]; NaN if one is zero. */
export function cosine(a: Vectors, i: number, b: Vectors, j: number, dims: number): number {
  let largestA = 0;
  let largestB = 0;
  for (let d = 0; d < dims; d++) {
    largestA = Math.max(largestA, Math.abs(a[i * dims + d]));
    largestB = Math.max(largestB, Math.abs(b[j * dims + d]));
  }
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let d = 0; d < dims; d++) {
    const x = a[i * dims + d] / largestA;
    const y = b[j * dims + d] / largestB;
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return Math.max(-1, Math.min(1, product / Math.sqrt(squareA) / Math.sqrt(squareB)));
}
