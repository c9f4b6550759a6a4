import { assertBlock, assertMost, isZero, type Block } from './block.ts';
import type { NearestNeighbours, NearestNeighboursOptions } from './nearest-neighbours.ts';
import { noNeighbours, type Neighbours } from './neighbours.ts';

/** Nearest neighbours in plain TypeScript: against which the others are tested. */
export function typescriptNeighbours({ dims, most }: NearestNeighboursOptions): NearestNeighbours {
  const check = (block: Block, count: number): void => {
    assertBlock('nearestNeighbours', block, count, dims);
    assertMost('nearestNeighbours', count, most);
  };
  /** For each feature of a the neighbour in b, which may be the same block. */
  const nearest = (
    a: Block,
    aCount: number,
    b: Block,
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
    within: (block, count) => {
      check(block, count);
      return nearest(block, count, block, count, true);
    },
    between: (a, aCount, b, bCount) => {
      check(a, aCount);
      check(b, bCount);
      return { ofA: nearest(a, aCount, b, bCount), ofB: nearest(b, bCount, a, aCount) };
    },
  };
}
