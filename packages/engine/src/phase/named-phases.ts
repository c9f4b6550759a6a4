import { PHASE_TOLERANCE } from '@polysem/core/theory';

/** What a capacity says of a feature: hardly any, some, half a dimension as one of an antipodal pair has, or all of one. */
export type PhaseName = 'ignored' | 'partial' | 'plateau' | 'full';

/** A feature counts as ignored below the first of these capacities, and as full above the second. */
export const IGNORED_BELOW: number = PHASE_TOLERANCE.diagram;
export const FULL_ABOVE: number = 1 - PHASE_TOLERANCE.diagram;
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
