import type { Block } from '../dense/block.ts';

/** Two blocks of features, or one that is held against itself. */
export interface PairOrder {
  readonly dims: number;
  readonly a: Block;
  readonly aCount: number;
  /** Null: the pairs inside of `a`. */
  readonly b: Block | null;
  readonly bCount: number;
}

/** The feature of the other block that is most nearly parallel to each one: its place there, -1 where there is none. */
export interface Nearest {
  readonly index: Int32Array;
  /** The cosine, with its sign; 0 where there is none. */
  readonly cosine: Float64Array;
}

/** For the features of both blocks; `ofB` is empty where there is one block. */
export interface NeighbourPair {
  readonly ofA: Nearest;
  readonly ofB: Nearest;
}

/**
 * Nearest neighbours among the features of two blocks: found in float32, in which |cos| is right to about 1e-7, and then
 * computed in float64. Zero vectors take no part.
 */
export function neighbourPair({ dims, a, aCount, b, bCount }: PairOrder): NeighbourPair {
  const own = unitVectors(a, aCount, dims);
  const ofA = nobody(aCount);
  const ofB = nobody(b === null ? 0 : bCount);
  const other = b === null ? own : unitVectors(b, bCount, dims);
  const bestA = new Float32Array(aCount).fill(-1);
  const bestB = b === null ? bestA : new Float32Array(bCount).fill(-1);
  const indexB = b === null ? ofA.index : ofB.index;
  for (let i = 0; i < aCount; i++) {
    if (own.isZero[i] === 1) continue;
    for (let j = b === null ? i + 1 : 0; j < bCount; j++) {
      if (other.isZero[j] === 1) continue;
      const size = Math.abs(dot(own.units, i, other.units, j, dims));
      if (size > bestA[i]) {
        bestA[i] = size;
        ofA.index[i] = j;
      }
      if (size > bestB[j]) {
        bestB[j] = size;
        indexB[j] = i;
      }
    }
  }
  for (let i = 0; i < aCount; i++) {
    if (ofA.index[i] >= 0) ofA.cosine[i] = cosine(a, i, b ?? a, ofA.index[i], dims);
  }
  for (let j = 0; b !== null && j < bCount; j++) {
    if (ofB.index[j] >= 0) ofB.cosine[j] = cosine(b, j, a, ofB.index[j], dims);
  }
  return { ofA, ofB };
}
function nobody(count: number): Nearest {
  return { index: new Int32Array(count).fill(-1), cosine: new Float64Array(count) };
}

function unitVectors(
  block: Block,
  count: number,
  dims: number,
): { readonly units: Float32Array; readonly isZero: Uint8Array } {
  const units = new Float32Array(count * dims);
  const isZero = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * dims;
    let largest = 0;
    for (let d = 0; d < dims; d++) largest = Math.max(largest, Math.abs(block[at + d]));
    if (largest === 0) {
      isZero[i] = 1;
      continue;
    }
    let square = 0;
    for (let d = 0; d < dims; d++) square += (block[at + d] / largest) ** 2;
    const root = Math.sqrt(square);
    for (let d = 0; d < dims; d++) units[at + d] = block[at + d] / largest / root;
  }
  return { units, isZero };
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, dims: number): number {
  let sum = 0;
  for (let d = 0; d < dims; d++) sum += a[i * dims + d] * b[j * dims + d];
  return sum;
}

/** The cosine of two vectors that are not zero, in [-1, 1]. */
function cosine(a: Block, i: number, b: Block, j: number, dims: number): number {
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
