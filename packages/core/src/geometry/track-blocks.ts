import type { Partition } from './partition-events.ts';

/**
 * Numbers blocks through time, so that a block keeps its number as long as it lasts: of the blocks of one moment and of
 * the one before, those that share most features, by the Jaccard index of their sets, are one, best matches first; what
 * matches none is new. Feature by feature: the number of its block, or null.
 *
 * @param partitions the blocks of each moment.
 * @param features N.
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
    for (const { number, block } of before) for (const i of block) row[i] = number;
    return row;
  });
}

function jaccard(a: readonly number[], b: readonly number[]): number {
  const inA = new Set(a);
  const common = b.filter((i) => inA.has(i)).length;
  return common / (a.length + b.length - common);
}
