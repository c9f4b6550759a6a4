import {
  gaussLegendre,
  normalCdf,
  normalDensity,
  normalQuantile,
} from '@polysem/numerics/elementary';

/**
 * Correlated activity as a mixture of independent activity: with probability `weights[k]` the features are active
 * independently, feature i with probability `densities[k * N + i]`.
 */
export interface ActivityMixture {
  readonly weights: Float64Array;
  readonly densities: Float64Array;
}

const RULE = gaussLegendre(16);
/** Beyond this distance from its centre a standard normal density is below 1e-17 of its peak. */
const REACH = 9;

/**
 * A one-factor copula as a mixture over values of the factor f. Given f, feature i is active with probability
 * Phi((t_i - lambda_i f) / sqrt(1 - lambda_i^2)), where Phi(t_i) is its density and lambda_i its loading. Expectations
 * over f of products of these probabilities have a relative error of about 1e-14 where they are above 1e-40: Gauss-Legendre
 * rules of 16 points, on intervals of length at most 1 and at most the distance over which a probability falls from 1 to 0.
 *
 * @param densities P(active) of each feature.
 * @param loadings the correlation of each feature with the factor, in [-1, 1].
 * @returns the probabilities of the factor's values and the densities given each of them.
 *
 * @example
 * ```js
 * import { factorMixture } from 'polysem/features';
 * const { weights } = factorMixture(Float64Array.of(0.1), Float64Array.of(0.5));
 * weights.reduce((sum, w) => sum + w, 0); // 1.000000
 * ```
 */
export function factorMixture(densities: Float64Array, loadings: Float64Array): ActivityMixture {
  const features = densities.length;
  const cuts = intervals(densities, loadings);
  const weights: number[] = [];
  const factors: number[] = [];
  for (let at = 1; at < cuts.length; at++) {
    const half = (cuts[at] - cuts[at - 1]) / 2;
    const middle = (cuts[at] + cuts[at - 1]) / 2;
    for (let k = 0; k < RULE.nodes.length; k++) {
      const f = middle + half * RULE.nodes[k];
      factors.push(f);
      weights.push(half * RULE.weights[k] * normalDensity(f));
    }
  }
  const given = new Float64Array(factors.length * features);
  for (let i = 0; i < features; i++) {
    const active = activeGiven(densities[i], loadings[i]);
    factors.forEach((f, k) => (given[k * features + i] = active(f)));
  }
  return { weights: Float64Array.from(weights), densities: given };
}

/** P(active | f) of a feature, as a function of the factor f. */
export function activeGiven(density: number, loading: number): (f: number) => number {
  if (loading === 0) return () => density;
  const threshold = normalQuantile(density);
  const noise = Math.sqrt((1 - loading) * (1 + loading));
  return (f) => normalCdf((threshold - loading * f) / noise);
}

/** The ends of the intervals of integration, ascending. */
function intervals(densities: Float64Array, loadings: Float64Array): readonly number[] {
  let furthest = 0;
  const cuts = new Set<number>();
  densities.forEach((density, i) => {
    if (density === 1 || loadings[i] === 0) return;
    const threshold = normalQuantile(density);
    const loading = loadings[i];
    furthest = Math.max(furthest, Math.abs(threshold));
    const fall = Math.sqrt((1 - loading) * (1 + loading)) / Math.abs(loading);
    if (fall > 1) return;
    for (let step = -REACH; step <= REACH; step++) cuts.add(threshold / loading + step * fall);
  });
  // Given that up to four features are active, the distribution of the factor is centred within 1.2 thresholds.
  const end = Math.ceil(1.2 * furthest) + REACH;
  for (let cut = -end; cut <= end; cut++) cuts.add(cut);
  return [...cuts].filter((cut) => Math.abs(cut) <= end).toSorted((a, b) => a - b);
}
