/** The phase of a feature: its capacity is 0, between 0 and 1, or 1. */
export type Phase = 'ignored' | 'partial' | 'full';

/** The phases by ascending capacity. */
export const PHASES: readonly Phase[] = ['ignored', 'partial', 'full'];

/** Names of the phases in legends. */
export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  ignored: 'ignored',
  partial: 'partially represented',
  full: 'fully represented',
};

/**
 * The phase that a capacity belongs to.
 *
 * @param capacity in [0, 1], in dimensions
 * @param tolerance largest distance from 0 that counts as ignored, and from 1 that counts as full. Default 1e-3
 * @returns 'ignored', 'partial' or 'full'
 * @example
 * ```js
 * import { phaseOfCapacity } from 'polysem/figures';
 * phaseOfCapacity(0.9995); // 'full'
 * ```
 */
export function phaseOfCapacity(capacity: number, tolerance: number = 1e-3): Phase {
  if (capacity <= tolerance) return 'ignored';
  return capacity >= 1 - tolerance ? 'full' : 'partial';
}
