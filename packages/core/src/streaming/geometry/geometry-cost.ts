import type { FeatureSource } from '../../embedding/feature-source.ts';
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
