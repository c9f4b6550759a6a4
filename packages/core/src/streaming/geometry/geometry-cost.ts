import type { FeatureSource } from '../../embedding/feature-source.ts';
import type { Block } from '../../geometry/block-structure.ts';
import { mostPilots } from '../../geometry/linking.ts';

/**
 * Multiply-adds of `streamGeometry`, per number of W: D / 2 for S, which is symmetric; D for capacities and D for spectral
 * measures; one per pilot for the links; and D / 2 for the spectrum of one cut of the link tree, which the evidence reports.
 * Each cut with blocks beyond the noise costs up to 3 D / 2 more, for its spectra and its projections.
 *
 * @param source number of features and dimensions.
 * @returns the number of multiply-adds.
 * @example
 * ```js
 * import { geometryCost } from 'polysem/streaming';
 * geometryCost({ features: 100000, dims: 128 }); // 27852800000
 * ```
 */
export function geometryCost({ features, dims }: Pick<FeatureSource, 'features' | 'dims'>): number {
  return features * dims * (3 * Math.min(features, dims) + mostPilots(features));
}

/** Limits for the efficient form of several components: numbers in memory (256 MB), and multiply-adds per step. */
const FORM_UP_TO = { numbers: 2 ** 25, work: 2 ** 31 };

/**
 * True if the efficient form on some components is within the limits: a component of N_k features and D_k dimensions has
 * min(N_k, D) singular vectors of D numbers, and a step of the alternation multiplies each of these by D_k others. One component
 * alone needs no alternation.
 */
export function isFormAffordable(
  components: readonly Pick<Block, 'features' | 'dims'>[],
  dims: number,
): boolean {
  if (components.length === 1) return true;
  let numbers = 0;
  let work = 0;
  for (const { features, dims: own } of components) {
    const size = Math.min(features.length, dims) * dims;
    numbers += size;
    work += size * own;
  }
  return numbers <= FORM_UP_TO.numbers && work <= FORM_UP_TO.work;
}
