import { normalQuantile } from '@polysem/numerics/elementary';
import type { InputLaw } from './dependence.ts';
import { factorMixture } from './factor-mixture.ts';
import { normalOrthant } from './orthant.ts';

/** P(all features of a set are active); of ascending, different features, four at most. */
export type JointDensity = (set: readonly number[]) => number;

/**
 * The probability that the features of a set are active together.
 *
 * Exact to rounding for groups, to about 1e-14 relative for a one-factor copula, as `normalOrthant` says for a matrix.
 */
export function jointDensity({ marginals, dependence }: InputLaw): JointDensity {
  const densities = Float64Array.from(marginals, (marginal) => marginal.density);
  const features = densities.length;
  switch (dependence.kind) {
    case 'together':
    case 'one-of': {
      const groupOf = new Uint32Array(features);
      dependence.groups.forEach((group, at) => {
        for (const i of group) groupOf[i] = at;
      });
      return (set) => {
        let product = 1;
        set.forEach((i, at) => {
          const mate = set.findIndex((other) => groupOf[other] === groupOf[i]) < at;
          if (!mate) product *= densities[i];
          else if (dependence.kind === 'one-of') product = 0;
        });
        return product;
      };
    }
    case 'factor': {
      const mixture = factorMixture(densities, dependence.loadings);
      return (set) => {
        if (set.length === 1) return densities[set[0]];
        let sum = 0;
        for (let k = 0; k < mixture.weights.length; k++) {
          let product = mixture.weights[k];
          for (const i of set) product *= mixture.densities[k * features + i];
          sum += product;
        }
        return sum;
      };
    }
    case 'matrix': {
      const limits = densities.map(normalQuantile);
      const { matrix } = dependence;
      const known = new Map<number, number>();
      return (set) => {
        if (set.length === 1) return densities[set[0]];
        let key = 0;
        for (const i of set) key = key * (features + 1) + i + 1;
        const before = known.get(key);
        if (before !== undefined) return before;
        // Who is always active does not matter.
        const open = set.filter((i) => densities[i] < 1);
        const found = normalOrthant(
          open.map((i) => limits[i]),
          (a, b) => matrix[open[a] * features + open[b]],
        );
        known.set(key, found);
        return found;
      };
    }
  }
}
