import { atMost, nonNegativeInteger } from '../checks/index.ts';

/** Vectors one after another. Numbers beyond the requested count are ignored. */
export type Vectors = Float32Array | Float64Array;

/** Checks that an array holds `count` vectors of `dims` numbers. @throws RangeError if not. */
export function checkVectors(vectors: Vectors, count: number, dims: number): void {
  nonNegativeInteger('count', count);
  if (vectors.length < count * dims) {
    throw new RangeError(
      `vectors: ${count} vectors of ${dims} dims need ${count * dims} numbers, got ${vectors.length}`,
    );
  }
}

/** Checks that an array holds `count` vectors of `dims` numbers, at most `most`. @throws RangeError if not. */
export function checkChunk(vectors: Vectors, count: number, dims: number, most: number): void {
  checkVectors(vectors, count, dims);
  atMost('count', count, most);
}

/** Checks that the result of an accumulator was not taken. @throws Error if it was. */
export function checkNotEnded(isEnded: boolean): void {
  if (isEnded) throw new Error('frameAccumulator: cannot be used after the result');
}

/** True if a vector is zero when rounded to float32. */
export function isZero(vectors: Vectors, at: number, dims: number): boolean {
  for (let d = at * dims; d < (at + 1) * dims; d++) {
    if (Math.fround(vectors[d]) !== 0) return false;
  }
  return true;
}
