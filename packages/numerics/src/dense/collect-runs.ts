import { checkVectors, type Vectors } from './vectors.ts';

/** Vectors that arrive in chunks, collected into runs of equal length. */
export interface Runs {
  /** Takes the first `count` vectors of a chunk. @throws RangeError if the chunk is too short. */
  readonly add: (vectors: Vectors, count: number) => void;
  /** Ends the last run, which may be shorter. */
  readonly end: () => void;
}

/**
 * Collects vectors into runs, counted from the first vector on, so that the division into chunks does not matter.
 *
 * @param waiting space for the vectors of a run, `dims` numbers each.
 * @param onRun called with the number of vectors of a run, which are in `waiting`.
 */
export function collectRuns(waiting: Vectors, dims: number, onRun: (count: number) => void): Runs {
  const length = waiting.length / dims;
  let pending = 0;
  const end = (): void => {
    if (pending > 0) onRun(pending);
    pending = 0;
  };
  return {
    add: (vectors, count) => {
      checkVectors(vectors, count, dims);
      for (let first = 0; first < count;) {
        const taken = Math.min(count - first, length - pending);
        waiting.set(vectors.subarray(first * dims, (first + taken) * dims), pending * dims);
        first += taken;
        pending += taken;
        if (pending === length) end();
      }
    },
    end,
  };
}
