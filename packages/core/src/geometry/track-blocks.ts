import type { Partition } from './partition-events.ts';

/**
 * Numbers blocks through training so that a block keeps its number as long as it lasts. Each block is matched with the block
 * of the previous checkpoint that has the largest Jaccard index with it, best matches first. A block without a match gets a
 * new number.
 *
 * @param partitions blocks of each checkpoint.
 * @param features N.
 * @returns per checkpoint and feature, the number of its block, or null.
 * @throws RangeError if a block has a feature that does not exist.
 * @example
 * ```js
 * import { trackBlocks } from 'polysem/geometry';
 * trackBlocks([[[0, 1]], [[2], [0, 1]]], 3); // [[0, 0, null], [0, 0, 1]]
 * ```
 */
export function trackBlocks(
  partitions: readonly Partition[],
  features: number,
): (number | null)[][] {
  let before: { readonly number: number; readonly block: readonly number[] }[] = [];
  let next = 0;
  return partitions.map((blocks) => {
    const matches = blocks
      .flatMap((block, k) =>
        before.map((old) => ({ k, number: old.number, share: jaccard(block, old.block) })),
      )
      .filter(({ share }) => share > 0)
      .toSorted((a, b) => b.share - a.share || a.number - b.number || a.k - b.k);
    const numbers = new Map<number, number>();
    const taken = new Set<number>();
    for (const { k, number } of matches) {
      if (numbers.has(k) || taken.has(number)) continue;
      numbers.set(k, number);
      taken.add(number);
    }
    before = blocks.map((block, k) => ({ number: numbers.get(k) ?? next++, block }));
    const row: (number | null)[] = Array.from({ length: features }, () => null);
    for (const { number, block } of before) {
      for (const i of block) {
        if (!(i in row))
          throw new RangeError(`trackBlocks: no feature ${i}, there are ${features}`);
        row[i] = number;
      }
    }
    return row;
  });
}

function jaccard(a: readonly number[], b: readonly number[]): number {
  const inA = new Set(a);
  const common = b.filter((i) => inA.has(i)).length;
  return common / (a.length + b.length - common);
}
