import type { NearestNeighbours, NearestNeighboursOptions } from '../kernels.ts';
import type { MatrixLibrary } from '../matrix-library.ts';
import { noNeighbours, takeNearer, type Neighbours } from '../neighbours.ts';
import { checkChunk, isZero, type Vectors } from '../vectors.ts';
import { inPrecision } from './library-row-products.ts';

/** Vectors whose cosines with a whole chunk are computed at once. */
const ROWS = 256;

/** Nearest neighbours by float32 products of a library. */
export function libraryNeighbours(
  { dims, most }: NearestNeighboursOptions,
  library: MatrixLibrary,
): NearestNeighbours {
  const cosines = new Float32Array(ROWS * most);
  /** Calls `visit` with the cosines of each vector of `a` and all vectors of `b`. */
  const eachRow = (
    [a, aCount]: readonly [Vectors, number],
    [b, bCount]: readonly [Vectors, number],
    visit: (i: number, row: Float32Array) => void,
  ): void => {
    const others = { data: inPrecision(b, 'float32'), stride: dims };
    const rows = inPrecision(a, 'float32');
    for (let first = 0; first < aCount; first += ROWS) {
      const taken = Math.min(ROWS, aCount - first);
      library.multiplyRows(
        { data: rows.subarray(first * dims), stride: dims },
        others,
        { data: cosines, stride: bCount },
        { m: taken, n: bCount, k: dims },
      );
      for (let r = 0; r < taken; r++) {
        visit(first + r, cosines.subarray(r * bCount, (r + 1) * bCount));
      }
    }
  };
  return {
    within: (vectors, count) => {
      checkChunk(vectors, count, dims, most);
      const out = noNeighbours(count);
      const isMissing = zeros(vectors, count, dims);
      eachRow([vectors, count], [vectors, count], (i, row) => {
        if (isMissing[i] === 1) return;
        takeNearest(out, i, row, isMissing, i);
      });
      return out;
    },
    between: (a, aCount, b, bCount) => {
      checkChunk(a, aCount, dims, most);
      checkChunk(b, bCount, dims, most);
      const ofA = noNeighbours(aCount);
      const ofB = noNeighbours(bCount);
      const [noA, noB] = [zeros(a, aCount, dims), zeros(b, bCount, dims)];
      const largest = new Float64Array(bCount).fill(-1);
      eachRow([a, aCount], [b, bCount], (i, row) => {
        if (noA[i] === 1) return;
        takeNearest(ofA, i, row, noB);
        for (let j = 0; j < bCount; j++) {
          const magnitude = Math.abs(row[j]);
          if (magnitude <= largest[j]) continue;
          largest[j] = magnitude;
          ofB.index[j] = i;
          ofB.cosine[j] = row[j];
        }
      });
      noB.forEach((isZeroVector, j) => {
        if (isZeroVector === 0) return;
        ofB.index[j] = -1;
        ofB.cosine[j] = 0;
      });
      return { ofA, ofB };
    },
  };
}

/** Marks the zero vectors of a chunk with 1. */
function zeros(vectors: Vectors, count: number, dims: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, f) => (isZero(vectors, f, dims) ? 1 : 0));
}

/** Records the entry of largest magnitude of a row, the first of equal ones, without missing vectors and vector `self`. */
function takeNearest(
  into: Neighbours,
  i: number,
  row: Float32Array,
  isMissing: Uint8Array,
  self = -1,
): void {
  let best = -1;
  let largest = -1;
  for (let j = 0; j < row.length; j++) {
    const magnitude = Math.abs(row[j]);
    if (magnitude <= largest || isMissing[j] === 1 || j === self) continue;
    largest = magnitude;
    best = j;
  }
  if (best >= 0) takeNearer(into, i, best, row[best]);
}
