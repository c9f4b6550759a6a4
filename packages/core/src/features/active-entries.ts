import { positiveInteger } from '@polysem/numerics/checks';
import { geometric, type Generator } from '@polysem/numerics/random';
import type { ParameterValues } from './distributions/distribution.ts';
import {
  distributions as registry,
  parameterValues,
  type AnyDistribution,
  type ParameterName,
} from './distributions/registry.ts';
import {
  distributionList,
  isDistributionList,
  type FeatureDistribution,
  type FeatureDistributions,
} from './feature-distribution.ts';
import { moments } from './moments.ts';

/** The sampler of one feature's value, given that the feature is active: `scale * sample(g, parameters)`. */
export interface ActiveValue {
  readonly sample: AnyDistribution['sample'];
  readonly parameters: ParameterValues<ParameterName>;
  readonly scale: number;
}

/** Features of one density, which are sampled together. */
interface DensityGroup {
  readonly density: number;
  readonly features: number[];
}

/** Everything that sampling needs to know about N features, prepared once per batch. */
export interface SamplingPlan {
  readonly values: readonly ActiveValue[];
  readonly groups: readonly DensityGroup[];
}

/** @throws RangeError for an invalid distribution. */
export function activeValue(distribution: FeatureDistribution): ActiveValue {
  const { scale } = moments(distribution);
  return {
    sample: registry[distribution.shape].sample,
    parameters: parameterValues(distribution),
    scale,
  };
}

/**
 * Prepares sampling of N features.
 *
 * @throws RangeError if N is not a positive integer, there are neither 1 nor N distributions, or one of them is invalid.
 */
export function samplingPlan(distributions: FeatureDistributions, features: number): SamplingPlan {
  positiveInteger('features', features);
  if (!isDistributionList(distributions)) {
    const { density } = distributions;
    const all = Array.from({ length: features }, (_, i) => i);
    const value = activeValue(distributions);
    return { values: all.map(() => value), groups: [{ density, features: all }] };
  }
  const list = distributionList(distributions, features);
  const groups = new Map<number, DensityGroup>();
  list.forEach(({ density }, i) => {
    const group = groups.get(density);
    if (group) group.features.push(i);
    else groups.set(density, { density, features: [i] });
  });
  return { values: list.map(activeValue), groups: [...groups.values()] };
}

/**
 * Samples the active entries of a batch of `rows` rows and passes each to `visit`; all other entries are zero.
 *
 * For each density the cells of its features are walked row by row, and the gaps between active cells are geometric: the
 * same law as a coin toss for each cell (to within 2^-53), at a cost that follows the active cells alone. Within a group
 * of one density entries come in row-major order; the groups come one after another.
 */
export function visitActive(
  g: Generator,
  { values, groups }: SamplingPlan,
  rows: number,
  visit: (row: number, feature: number, value: number) => void,
): void {
  for (const { density, features } of groups) {
    const width = features.length;
    const cells = rows * width;
    for (let cell = geometric(g, density); cell < cells; cell += 1 + geometric(g, density)) {
      const row = Math.floor(cell / width);
      const feature = features[cell - row * width];
      const { sample, parameters, scale } = values[feature];
      visit(row, feature, scale * sample(g, parameters));
    }
  }
}
