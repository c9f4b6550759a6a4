import type { Box } from './layout.ts';

/** The least distance of two names in pixels. */
const NAME_STEP = 12;

/** A name beside the end of its curve. */
export interface PlacedName {
  readonly index: number;
  /** Where the curve ends, in pixels. */
  readonly wanted: number;
  /** Where its name stands. */
  at: number;
}

/**
 * Places names beside the ends of their curves: moved apart where there is room for all, else
 * only those that do not touch.
 *
 * @param ends the pixels at which curves end, from the top; undefined for a curve without an end
 */
export function placeNames(ends: readonly (number | undefined)[], area: Box): PlacedName[] {
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
