import type { FeatureInputs } from './correlation.ts';
import type { Dependence } from './dependence.ts';
import { factorMixture } from './factor-mixture.ts';
import { dependenceOf, resolveInputs, type DistributedInputs } from './inputs.ts';

/** The law of the set of active features: every possible set and its probability. */
export interface ActiveSetLaw {
  /** The features of each set, ascending. The empty set is included if it is possible. */
  readonly sets: readonly (readonly number[])[];
  /** P(exactly the features of this set are active). They sum to 1. */
  readonly probabilities: Float64Array;
}

interface Outcome {
  readonly set: readonly number[];
  readonly probability: number;
}

/** The largest number of sets to list unless a caller asks for more. */
const MOST_SETS = 4096;

const EMPTY_SET: Outcome = { set: [], probability: 1 };

/**
 * Every active set with its probability. There are 2^N sets for independent features and one-factor copulas, 2^G for G
 * groups that are active together, and the product of (size + 1) for groups with at most one active feature.
 *
 * @param inputs the distribution of the features.
 * @param features N.
 * @param limit the largest number of sets to list, 4096 by default.
 * @returns all possible sets, in an order that depends only on the inputs.
 * @throws RangeError if the inputs are invalid, there are more than `limit` sets, or the copula has a full correlation
 * matrix, for which there is no formula.
 *
 * @example
 * ```js
 * import { activeSetLaw } from 'polysem/features';
 * const law = activeSetLaw({ shape: 'uniform', density: 0.1, unitVariance: true }, 2);
 * law.sets; // [[], [1], [0], [0, 1]]
 * law.probabilities; // [0.81, 0.09, 0.09, 0.01]
 * ```
 */
export function activeSetLaw(
  inputs: FeatureInputs,
  features: number,
  limit: number = MOST_SETS,
): ActiveSetLaw {
  return activeSets(resolveInputs(inputs, features), limit);
}

/** Lists the sets of features of checked inputs that can be active together; see {@link activeSetLaw}. */
export function activeSets(inputs: DistributedInputs, limit: number = MOST_SETS): ActiveSetLaw {
  const { marginals } = inputs;
  const dependence = dependenceOf(inputs);
  const most = setCount(dependence);
  if (!(most <= limit)) {
    throw new RangeError(
      `features: ${most} sets of features can be active, more than the limit of ${limit}; use fewer features or groups, or sample`,
    );
  }
  const densities = Float64Array.from(marginals, ({ density }) => density);
  const outcomes = enumerate(dependence, densities).filter(({ probability }) => probability > 0);
  return {
    sets: outcomes.map(({ set }) => set),
    probabilities: Float64Array.from(outcomes, ({ probability }) => probability),
  };
}

function setCount(dependence: Dependence): number {
  switch (dependence.kind) {
    case 'together':
      return 2 ** dependence.groups.length;
    case 'one-of':
      return dependence.groups.reduce((count, group) => count * (group.length + 1), 1);
    case 'factor':
      return 2 ** dependence.loadings.length;
    case 'matrix':
      throw new RangeError(
        'correlation.matrix: the active sets of a copula with a full matrix have no formula; give loadings, or sample',
      );
  }
}

function enumerate(dependence: Dependence, densities: Float64Array): readonly Outcome[] {
  switch (dependence.kind) {
    case 'together':
      return crossed(
        dependence.groups.map((set, at) => {
          const probability = dependence.densities[at];
          return [
            { set: [], probability: 1 - probability },
            { set, probability },
          ];
        }),
      );
    case 'one-of':
      return crossed(
        dependence.groups.map((group, at) => [
          { set: [], probability: 1 - dependence.densities[at] },
          ...group.map((i) => ({ set: [i], probability: densities[i] })),
        ]),
      );
    case 'factor':
      return mixed(densities, dependence.loadings);
    case 'matrix':
      return [];
  }
}

/** The joint outcomes of independent groups. */
function crossed(groups: readonly (readonly Outcome[])[]): readonly Outcome[] {
  let all: readonly Outcome[] = [EMPTY_SET];
  for (const group of groups) {
    all = all.flatMap((one) =>
      group.map(({ set, probability }) => ({
        set: [...one.set, ...set],
        probability: one.probability * probability,
      })),
    );
  }
  return all.map(({ set, probability }) => ({ set: set.toSorted((a, b) => a - b), probability }));
}

/** The outcomes of a one-factor copula. Bit i of the number of a set says whether feature i is in it. */
function mixed(densities: Float64Array, loadings: Float64Array): readonly Outcome[] {
  const features = densities.length;
  const mixture = factorMixture(densities, loadings);
  return Array.from({ length: 2 ** features }, (_, bits) => {
    let sum = 0;
    for (let k = 0; k < mixture.weights.length; k++) {
      let product = mixture.weights[k];
      for (let i = 0; i < features; i++) {
        const active = mixture.densities[k * features + i];
        product *= isIn(bits, i) ? active : 1 - active;
      }
      sum += product;
    }
    const all = Array.from({ length: features }, (__, i) => i);
    return { set: all.filter((i) => isIn(bits, i)), probability: sum };
  });
}

function isIn(bits: number, feature: number): boolean {
  return Math.floor(bits / 2 ** feature) % 2 === 1;
}
