/** Slot of an alias table: a uniform number below `cut` selects the slot itself, any other its alias. */
export interface AliasSlot {
  readonly cut: number;
  readonly alias: number;
}

/**
 * Alias table for sampling an index in proportion to its weight in constant time (Walker 1974; Vose 1991). To sample, pick
 * a slot uniformly, then the slot itself or its alias.
 */
export function aliasTable(weights: ArrayLike<number>): readonly AliasSlot[] {
  const list = Array.from(weights);
  const mean = list.reduce((sum, w) => sum + w, 0) / list.length;
  const left = list.map((w) => w / mean);
  const table = left.map((_, slot) => ({ cut: 1, alias: slot }));
  const small = left.flatMap((w, slot) => (w < 1 ? [slot] : []));
  const large = left.flatMap((w, slot) => (w < 1 ? [] : [slot]));
  while (small.length > 0 && large.length > 0) {
    const slot = small.pop() as number;
    const giver = large[large.length - 1];
    table[slot] = { cut: left[slot], alias: giver };
    left[giver] -= 1 - left[slot];
    if (left[giver] < 1) small.push(large.pop() as number);
  }
  return table;
}
