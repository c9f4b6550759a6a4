import { geometric } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';
import type { FeatureDistribution } from './distribution.ts';
import { moments } from './moments.ts';
import { defaultDegreesOfFreedom, shapes, type Shape } from './shapes.ts';

/** How to draw one feature's value, given that it is active. */
interface ActiveValue {
  readonly sample: Shape['sample'];
  readonly degreesOfFreedom: number;
  readonly scale: number;
}

/** Features of one density, which are drawn together. */
interface DensityGroup {
  readonly density: number;
  readonly features: number[];
}

/** What drawing needs to know of N features, made once for a batch. */
export interface SamplingPlan {
  readonly values: readonly ActiveValue[];
  readonly groups: readonly DensityGroup[];
}

function activeValue(distribution: FeatureDistribution): ActiveValue {
  return {
    sample: shapes[distribution.shape].sample,
    degreesOfFreedom: distribution.degreesOfFreedom ?? defaultDegreesOfFreedom,
    scale: moments(distribution).scale,
  };
}

/**
 * Prepares the drawing of N features, from one distribution for all or from one for each.
 *
 * @throws RangeError if N is not a positive integer, there are neither 1 nor N distributions, or
 * one is invalid.
 */
export function samplingPlan(
  distributions: FeatureDistribution | readonly FeatureDistribution[],
  features: number,
): SamplingPlan {
  if (!Number.isInteger(features) || features < 1) {
    throw new RangeError(`samplingPlan: N must be a positive integer, got ${features}`);
  }
  if (!isList(distributions)) {
    const density = distributions.density;
    const all = Array.from({ length: features }, (_, i) => i);
    const value = activeValue(distributions);
    return { values: all.map(() => value), groups: [{ density, features: all }] };
  }
  if (distributions.length !== features) {
    throw new RangeError(
      `samplingPlan: ${features} features need 1 distribution or ${features}, got a list of ${distributions.length}`,
    );
  }
  const values = distributions.map(activeValue);
  const groups = new Map<number, DensityGroup>();
  distributions.forEach(({ density }, i) => {
    const group = groups.get(density);
    if (group) group.features.push(i);
    else groups.set(density, { density, features: [i] });
  });
  return { values, groups: [...groups.values()] };
}

// Array.isArray does not narrow a readonly list.
function isList(
  distributions: FeatureDistribution | readonly FeatureDistribution[],
): distributions is readonly FeatureDistribution[] {
  return Array.isArray(distributions);
}

/**
 * Draws the active entries of a batch of `rows` rows and hands each to `visit`; the others are zero.
 *
 * For each density the cells of its features are walked row by row, and the gaps between active
 * cells are geometric, which is the same law as a coin for every cell (to within 2^-53) at a cost
 * that follows the active cells alone. Within a density group entries come in row-major order; one
 * group follows the other.
 */
export function visitActive(
  { values, groups }: SamplingPlan,
  rows: number,
  g: Generator,
  visit: (row: number, feature: number, value: number) => void,
): void {
  for (const { density, features } of groups) {
    const width = features.length;
    const cells = rows * width;
    for (let cell = geometric(g, density); cell < cells; cell += 1 + geometric(g, density)) {
      const row = Math.floor(cell / width);
      const feature = features[cell - row * width];
      const { sample, degreesOfFreedom, scale } = values[feature];
      visit(row, feature, scale * sample(g, degreesOfFreedom));
    }
  }
}
