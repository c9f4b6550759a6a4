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
}

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
  { dims, a, aCount, b, bCount }: PairInput,
): NeighbourPair {
  const units = unitVectors(a, aCount, dims);
  if (b === null) {
    const { index } = kernel.within(units, aCount);
    return { ofA: exactly(index, a, a, dims), ofB: noNeighbours(0) };
  }
  const { ofA, ofB } = kernel.between(units, aCount, unitVectors(b, bCount, dims), bCount);
  return { ofA: exactly(ofA.index, a, b, dims), ofB: exactly(ofB.index, b, a, dims) };
}

/** Neighbours with cosines computed in float64. */
function exactly(index: Int32Array, a: Vectors, b: Vectors, dims: number): Neighbours {
  const found = noNeighbours(index.length);
  index.forEach((j, i) => {
    if (j >= 0) takeNearer(found, i, j, cosine(a, i, b, j, dims));
  });
  return found;
}

/** Vectors scaled to length 1, in float32; zero vectors stay zero. */
function unitVectors(chunk: Vectors, count: number, dims: number): Float32Array {
  const units = new Float32Array(count * dims);
  for (let i = 0; i < count; i++) {
    const at = i * dims;
    let largest = 0;
    for (let d = 0; d < dims; d++) largest = Math.max(largest, Math.abs(chunk[at + d]));
    if (largest === 0) continue;
    let square = 0;
    for (let d = 0; d < dims; d++) square += (chunk[at + d] / largest) ** 2;
    const root = Math.sqrt(square);
    for (let d = 0; d < dims; d++) units[at + d] = chunk[at + d] / largest / root;
  }
  return units;
}

/** The cosine of two non-zero vectors, in [-1, 1]. */
function cosine(a: Vectors, i: number, b: Vectors, j: number, dims: number): number {
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
