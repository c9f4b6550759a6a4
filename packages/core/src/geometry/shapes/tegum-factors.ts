import { cosineVariance, type BlockVectors } from './block.ts';

/** Cosines count as not zero beyond this many standard deviations; all three cuts are tried, since none is best for all. */
const CUTS = [3.5, 4.5, 5.5];

/**
 * The ways in which a block may split into orthogonal parts: connected components of the graph of cosines that stand
 * above the noise, at each cut. The finest comes last; a block that holds together at every cut gives none.
 */
export function orthogonalParts(block: BlockVectors): number[][][] {
  const ways: number[][][] = [];
  for (const cut of CUTS) {
    const parts = components(block, cut);
    // Higher cuts only split further, so that equal counts are equal partitions.
    if (parts.length > (ways.at(-1)?.length ?? 1)) ways.push(parts);
  }
  return ways;
}

function components(block: BlockVectors, cut: number): number[][] {
  const n = block.numbers.length;
  const seen = new Uint8Array(n);
  const parts: number[][] = [];
  for (let first = 0; first < n; first++) {
    if (seen[first] === 1) continue;
    seen[first] = 1;
    const part = [first];
    for (const i of part) {
      for (let j = 0; j < n; j++) {
        if (seen[j] === 1) continue;
        const error = block.sigma * Math.sqrt(cosineVariance(block, i, j));
        if (Math.abs(block.cosines[i * n + j]) <= cut * error) continue;
        seen[j] = 1;
        part.push(j);
      }
    }
    parts.push(part.toSorted((i, j) => i - j));
  }
  return parts;
}
