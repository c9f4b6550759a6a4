import type { Box } from './box.ts';

/** Minimum distance between two names in pixels. */
const NAME_STEP = 12;

/** A name with its place next to the plot. */
export interface PlacedName {
  readonly index: number;
  /** Its preferred y in pixels, such as the end of its curve. */
  readonly wanted: number;
  /** The y at which the name stands. */
  at: number;
}

/**
 * Places names below each other near their preferred positions. If there is room for all, they are
 * moved apart; otherwise those that would touch another are left out.
 *
 * @param ends preferred y of each name in pixels; undefined for a name that is not drawn
 */
export function spreadNames(ends: readonly (number | undefined)[], area: Box): PlacedName[] {
  const placed = ends
    .flatMap((wanted, index) => (wanted === undefined ? [] : [{ index, at: wanted, wanted }]))
    .toSorted((a, b) => a.wanted - b.wanted || a.index - b.index);
  if (placed.length * NAME_STEP > area.height) {
    let last = -Infinity;
    return placed.filter(({ at }) => {
      const kept = at - last >= NAME_STEP;
      if (kept) last = at;
      return kept;
    });
  }
  let floor = -Infinity;
  for (const name of placed) {
    name.at = Math.max(name.at, floor);
    floor = name.at + NAME_STEP;
  }
  let ceiling = area.y + area.height;
  for (const name of placed.toReversed()) {
    name.at = Math.min(name.at, ceiling);
    ceiling = name.at - NAME_STEP;
  }
  return placed;
}
