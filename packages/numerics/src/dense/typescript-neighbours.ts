import { checkChunk, isZero, type Vectors } from './vectors.ts';
import type { NearestNeighbours, NearestNeighboursOptions } from './kernels.ts';
import { noNeighbours, type Neighbours } from './neighbours.ts';

/** Nearest neighbours in plain TypeScript: the reference for the WebAssembly version. */
export function typescriptNeighbours({ dims, most }: NearestNeighboursOptions): NearestNeighbours {
  const check = (vectors: Vectors, count: number): void => {
    checkChunk(vectors, count, dims, most);
  };
  /** The neighbour in b of each vector of a; b may be the same chunk. */
  const nearest = (
    a: Vectors,
    aCount: number,
    b: Vectors,
    bCount: number,
    isSame = false,
  ): Neighbours => {
    const out = noNeighbours(aCount);
    for (let i = 0; i < aCount; i++) {
      if (isZero(a, i, dims)) continue;
      for (let j = 0; j < bCount; j++) {
        if ((isSame && i === j) || isZero(b, j, dims)) continue;
        let cosine = 0;
        for (let d = 0; d < dims; d++) {
          cosine += Math.fround(a[i * dims + d]) * Math.fround(b[j * dims + d]);
        }
        if (out.index[i] >= 0 && Math.abs(cosine) <= Math.abs(out.cosine[i])) continue;
        out.index[i] = j;
        out.cosine[i] = cosine;
      }
    }
    return out;
  };
  return {
    within: (vectors, count) => {
      check(vectors, count);
      return nearest(vectors, count, vectors, count, true);
    },
    between: (a, aCount, b, bCount) => {
      check(a, aCount);
      check(b, bCount);
      return { ofA: nearest(a, aCount, b, bCount), ofB: nearest(b, bCount, a, aCount) };
    },
  };
}
