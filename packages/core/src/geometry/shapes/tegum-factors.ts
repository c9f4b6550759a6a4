import { cosineVariance, type BlockVectors } from './block.ts';

/** Numbers of standard deviations from which on a cosine counts as non-zero. All are tried, since none is best for all blocks. */
const CUTS = [3.5, 4.5, 5.5];

/**
 * Lists the ways to divide a block into orthogonal parts: the connected components of the graph of cosines above the noise, at
 * each cut. The finest division is last. The list is empty if the block is connected at every cut.
 */
export function orthogonalParts(block: BlockVectors): number[][][] {
  const ways: number[][][] = [];
  for (const cut of CUTS) {
    const parts = components(block, cut);
    // A higher cut only divides further, so equal counts mean equal partitions.
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
