import type { FeatureInputs } from './correlation.ts';
import { inputLaw, type Dependence } from './dependence.ts';
import { factorMixture } from './factor-mixture.ts';

/** The law of the set of active features: every set that can be, and how likely it is. */
export interface ActiveSetLaw {
  /** Ascending features of each set, the empty set included where it can be. */
  readonly sets: readonly (readonly number[])[];
  /** P(exactly these features are active), of sum 1. */
  readonly probabilities: Float64Array;
}

interface Outcome {
  readonly set: readonly number[];
  readonly probability: number;
}

const NOBODY: Outcome = { set: [], probability: 1 };

/**
 * Every active set with its probability, where they are few: 2^G for G groups that are active together, the product of
 * size + 1 for groups of which one is, 2^N for independent features and one-factor copulas.
 *
 * @param limit how many sets there may be.
 * @throws RangeError if the inputs are invalid, there may be more sets than `limit`, or the copula has a full matrix,
 * whose sets have no formula.
 */
export function activeSetLaw(inputs: FeatureInputs, features: number, limit = 4096): ActiveSetLaw {
  const { marginals, dependence } = inputLaw(inputs, features);
  const most = setCount(dependence);
  if (!(most <= limit)) {
    throw new RangeError(
      `activeSetLaw: ${most} sets of features can be active, above the limit of ${limit}; take fewer features or groups, or sample`,
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
        'activeSetLaw: the sets of a copula with a full matrix have no formula; give loadings, or sample',
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

/** All combinations of one outcome of each independent group. */
function crossed(groups: readonly (readonly Outcome[])[]): readonly Outcome[] {
  let all: readonly Outcome[] = [NOBODY];
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
