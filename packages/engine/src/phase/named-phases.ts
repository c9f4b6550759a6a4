/** What a capacity says of a feature: hardly any, some, half a dimension as one of an antipodal pair has, or all of one. */
export type PhaseName = 'ignored' | 'partial' | 'plateau' | 'full';

/** Below this capacity a feature counts as ignored, and above that as full. */
export const IGNORED_BELOW = 0.1;
export const FULL_ABOVE = 0.9;
/** Between these capacities a feature counts as one of an antipodal pair. */
export const PLATEAU: readonly [number, number] = [0.47, 0.53];

/** The phase of a capacity. */
export function phaseNameOf(capacity: number): PhaseName {
  if (capacity < IGNORED_BELOW) return 'ignored';
  if (capacity > FULL_ABOVE) return 'full';
  return capacity > PLATEAU[0] && capacity < PLATEAU[1] ? 'plateau' : 'partial';
}

/** The fraction of a grid's cells in each phase; NaN left out. */
export function phaseAreas(capacities: ArrayLike<number>): Record<PhaseName, number> {
  const areas = { ignored: 0, partial: 0, plateau: 0, full: 0 };
  const known = Array.from(capacities).filter((c) => !Number.isNaN(c));
  for (const c of known) areas[phaseNameOf(c)] += 1 / known.length;
  return areas;
}
