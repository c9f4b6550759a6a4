import { geometric, type Generator } from '@polysem/numerics/random';
import type { ParameterValues } from './distributions/distribution.ts';
import {
  distributions as registry,
  parameterValues,
  type AnyDistribution,
  type ParameterName,
} from './distributions/registry.ts';
import type { FeatureDistribution } from './feature-distribution.ts';
import { momentsOfChecked } from './moments.ts';

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

/** The sampler of a feature whose distribution has been checked. */
function activeValue(distribution: FeatureDistribution): ActiveValue {
  const { scale } = momentsOfChecked(distribution);
  return {
    sample: registry[distribution.shape].sample,
    parameters: parameterValues(distribution),
    scale,
  };
}

/** The samplers of features whose distributions have been checked; those of one distribution are made once. */
export function activeValues(marginals: readonly FeatureDistribution[]): readonly ActiveValue[] {
  const known = new Map<FeatureDistribution, ActiveValue>();
  return marginals.map((one) => {
    const value = known.get(one) ?? activeValue(one);
    known.set(one, value);
    return value;
  });
}

/** Prepares the sampling of independent features, one checked distribution per feature. */
export function samplingPlan(marginals: readonly FeatureDistribution[]): SamplingPlan {
  const groups = new Map<number, DensityGroup>();
  marginals.forEach(({ density }, i) => {
    const group = groups.get(density);
    if (group) group.features.push(i);
    else groups.set(density, { density, features: [i] });
  });
  return { values: activeValues(marginals), groups: [...groups.values()] };
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
