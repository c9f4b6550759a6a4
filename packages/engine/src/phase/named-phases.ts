import { PHASE_TOLERANCE } from '@polysem/core/theory';

/**
 * The phase of a feature by its capacity: nearly none, some, half a dimension (as in an antipodal
 * pair), or a whole one.
 */
export type PhaseName = 'ignored' | 'partial' | 'plateau' | 'full';

/** A feature counts as ignored below `IGNORED_BELOW` and as full above `FULL_ABOVE`. */
export const IGNORED_BELOW: number = PHASE_TOLERANCE.diagram;
export const FULL_ABOVE: number = 1 - PHASE_TOLERANCE.diagram;
/** Capacity range in which a feature counts as half of an antipodal pair. */
export const PLATEAU: readonly [number, number] = [0.47, 0.53];

/**
 * The phase of a capacity.
 *
 * @param capacity in [0, 1].
 * @returns the name of its phase.
 *
 * @example
 * ```js
 * import { phaseNameOf } from 'polysem/phase';
 * [0.05, 0.3, 0.5, 0.95].map(phaseNameOf); // ['ignored', 'partial', 'plateau', 'full']
 * ```
 */
export function phaseNameOf(capacity: number): PhaseName {
  if (capacity < IGNORED_BELOW) return 'ignored';
  if (capacity > FULL_ABOVE) return 'full';
  return capacity > PLATEAU[0] && capacity < PLATEAU[1] ? 'plateau' : 'partial';
}

/**
 * The fraction of a grid's cells in each phase, NaN excluded.
 *
 * @param capacities one capacity per cell.
 * @returns fractions that sum to 1.
 *
 * @example
 * ```js
 * import { phaseAreas } from 'polysem/phase';
 * phaseAreas([0.05, 0.3, 0.5, 0.95]); // { ignored: 0.25, partial: 0.25, plateau: 0.25, full: 0.25 }
 * ```
 */
export function phaseAreas(capacities: ArrayLike<number>): Record<PhaseName, number> {
  const areas = { ignored: 0, partial: 0, plateau: 0, full: 0 };
  const known = Array.from(capacities).filter((c) => !Number.isNaN(c));
  for (const c of known) areas[phaseNameOf(c)] += 1 / known.length;
  return areas;
}
