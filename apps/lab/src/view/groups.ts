import type { Snapshot } from '../workers/snapshot.ts';

/** A part of the budget: a block, or the features in no block. */
export interface BudgetGroup {
  /** Number of the block; null for the features in no block. */
  readonly block: number | null;
  readonly name: string;
  /** The features with any capacity, the largest capacity first. */
  readonly features: readonly number[];
  /** Dimensions from the left at which it begins. */
  readonly from: number;
  readonly capacity: number;
  /** Dimensions that it spans and loses to overlap. */
  readonly lost: number;
}

/** Least capacity that is drawn. */
const LEAST = 1e-4;

/** Equal capacities differ by rounding; their blocks keep their order. */
const rounded = (capacity: number): number => Math.round(capacity * 1e6);

/** The budget by block, the largest first: as wide as the dimensions that each takes. */
export function groupsOf({ blocks, capacity, dims, features }: Snapshot): BudgetGroup[] {
  const known = new Set(blocks.flatMap((block) => block.features));
  const loose = Array.from({ length: features }, (_, i) => i).filter((i) => !known.has(i));
  const parts = [
    ...blocks.map(({ features: own, dims: spanned, name }, block) => ({
      block,
      name,
      own,
      spanned,
    })),
    { block: null, name: 'in no block', own: loose, spanned: 0 },
  ].map(({ block, name, own, spanned }) => {
    const shown = own.filter((i) => capacity[i] > LEAST);
    const total = shown.reduce((sum, i) => sum + capacity[i], 0);
    const list = shown.toSorted((a, b) => capacity[b] - capacity[a]);
    return { block, name, features: list, capacity: total, lost: Math.max(0, spanned - total) };
  });
  const used = parts.reduce((sum, part) => sum + part.capacity, 0);
  const lost = parts.reduce((sum, part) => sum + part.lost, 0);
  // Blocks are orthogonal up to a tolerance, so that their dimensions may add up to more than there are.
  const scale = lost === 0 ? 0 : Math.min(1, Math.max(0, dims - used) / lost);
  const sorted = parts
    .filter((part) => part.features.length > 0)
    .toSorted(
      (a, b) =>
        Number(a.block === null) - Number(b.block === null) ||
        rounded(b.capacity) - rounded(a.capacity),
    );
  const groups: BudgetGroup[] = [];
  let from = 0;
  for (const part of sorted) {
    groups.push({ ...part, lost: part.lost * scale, from });
    from += part.capacity + part.lost * scale;
  }
  return groups;
}

/** Features of equal capacity in the prediction, the largest capacity first. */
export function equalShares(
  capacity: ArrayLike<number>,
): { readonly count: number; readonly value: number; readonly from: number }[] {
  const sorted = Array.from(capacity)
    .filter((value) => value > LEAST)
    .toSorted((a, b) => b - a);
  const found: { count: number; value: number; from: number }[] = [];
  let from = 0;
  for (const value of sorted) {
    const last = found.at(-1);
    if (last !== undefined && Math.abs(last.value - value) < 1e-6) last.count++;
    else found.push({ count: 1, value, from });
    from += value;
  }
  return found;
}
