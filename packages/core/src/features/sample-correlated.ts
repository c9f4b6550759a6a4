import { positiveInteger } from '@polysem/numerics/checks';
import { normalQuantile } from '@polysem/numerics/elementary';
import { symmetricEigen } from '@polysem/numerics/linalg';
import { geometric, integerBelow, normal, uniform, type Generator } from '@polysem/numerics/random';
import { activeValues } from './active-entries.ts';
import { assembleBatch } from './assemble.ts';
import { classes } from './classes.ts';
import type { FeatureInputs } from './correlation.ts';
import type { Dependence } from './dependence.ts';
import { activeGiven } from './factor-mixture.ts';
import type { FeatureDistribution } from './feature-distribution.ts';
import { dependenceOf, resolveInputs } from './inputs.ts';
import type { SparseBatch } from './sparse-batch.ts';

type Activate = (row: number, feature: number) => void;

/**
 * Samples a batch of N features in sparse form, correlated or not.
 *
 * The cost of groups is proportional to their active entries. A one-factor copula also costs a few operations per row
 * for each different pair of density and loading; a copula with a full matrix costs N^2 operations per row. Groups of
 * one give the same numbers as `sampleSparse`.
 *
 * @param g the generator, which advances.
 * @param inputs the distribution of the features.
 * @param features N.
 * @param rows the number of rows.
 * @returns the batch.
 * @throws RangeError if rows or N is not a positive integer, or the inputs are invalid.
 *
 * @example
 * ```js
 * import { sampleCorrelated } from 'polysem/features';
 * import { generator } from 'polysem/random';
 * const marginal = { shape: 'rademacher', density: 1, unitVariance: false };
 * const correlation = { kind: 'together', groups: 2 };
 * sampleCorrelated(generator(0), { kind: 'correlated', marginal, correlation }, 2, 1).indices; // [0, 1]
 * ```
 */
export function sampleCorrelated(
  g: Generator,
  inputs: FeatureInputs,
  features: number,
  rows: number,
): SparseBatch {
  positiveInteger('rows', rows);
  const resolved = resolveInputs(inputs, features);
  return drawCorrelated(g, resolved.marginals, dependenceOf(resolved), rows);
}

/** Samples a batch of features from checked distributions, one per feature, and a checked dependence. */
export function drawCorrelated(
  g: Generator,
  marginals: readonly FeatureDistribution[],
  dependence: Dependence,
  rows: number,
): SparseBatch {
  const values = activeValues(marginals);
  const drawn = { rows: [] as number[], features: [] as number[], values: [] as number[] };
  const activate: Activate = (row, feature) => {
    const { sample, parameters, scale } = values[feature];
    drawn.rows.push(row);
    drawn.features.push(feature);
    drawn.values.push(scale * sample(g, parameters));
  };
  const densities = Float64Array.from(marginals, ({ density }) => density);
  switch (dependence.kind) {
    case 'together':
    case 'one-of':
      drawGroups(g, dependence, densities, rows, activate);
      break;
    case 'factor':
      drawFactor(g, densities, dependence.loadings, rows, activate);
      break;
    case 'matrix':
      drawMatrix(g, densities, dependence.matrix, rows, activate);
      break;
  }
  return assembleBatch(rows, marginals.length, drawn);
}

/** Walks from one active group to the next by geometric gaps, all groups of one density together. */
function drawGroups(
  g: Generator,
  dependence: Dependence & { readonly kind: 'together' | 'one-of' },
  densities: Float64Array,
  rows: number,
  activate: Activate,
): void {
  const { kind, groups } = dependence;
  const byDensity = classes(groups.length, (at) => [dependence.densities[at]]);
  for (const members of byDensity) {
    const density = dependence.densities[members[0]];
    const cells = rows * members.length;
    for (let cell = geometric(g, density); cell < cells; cell += 1 + geometric(g, density)) {
      const row = Math.floor(cell / members.length);
      const group = groups[members[cell - row * members.length]];
      if (kind === 'one-of') activate(row, choose(g, group, densities));
      else for (const i of group) activate(row, i);
    }
  }
}

/** One feature of a group, with probability proportional to its density. */
function choose(g: Generator, group: readonly number[], densities: Float64Array): number {
  if (group.length === 1) return group[0];
  if (group.every((i) => densities[i] === densities[group[0]])) {
    return group[integerBelow(g, group.length)];
  }
  let total = 0;
  for (const i of group) total += densities[i];
  let left = uniform(g) * total;
  for (const i of group) {
    left -= densities[i];
    if (left < 0) return i;
  }
  return group[group.length - 1];
}

function drawFactor(
  g: Generator,
  densities: Float64Array,
  loadings: Float64Array,
  rows: number,
  activate: Activate,
): void {
  const alike = classes(densities.length, (i) => [densities[i], loadings[i]]);
  const given = alike.map(([first]) => activeGiven(densities[first], loadings[first]));
  for (let row = 0; row < rows; row++) {
    const factor = normal(g);
    alike.forEach((members, at) => {
      const density = given[at](factor);
      if (density === 0) return;
      for (let i = geometric(g, density); i < members.length; i += 1 + geometric(g, density)) {
        activate(row, members[i]);
      }
    });
  }
}

function drawMatrix(
  g: Generator,
  densities: Float64Array,
  matrix: Float64Array,
  rows: number,
  activate: Activate,
): void {
  const features = densities.length;
  const limits = densities.map(normalQuantile);
  const { values, vectors } = symmetricEigen(matrix, features);
  const level = new Float64Array(features);
  for (let row = 0; row < rows; row++) {
    level.fill(0);
    for (let k = 0; k < features && values[k] > 0; k++) {
      const along = Math.sqrt(values[k]) * normal(g);
      for (let i = 0; i < features; i++) level[i] += along * vectors[k * features + i];
    }
    for (let i = 0; i < features; i++) if (level[i] < limits[i]) activate(row, i);
  }
}
