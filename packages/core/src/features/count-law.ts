import { classes } from './classes.ts';
import { factorMixture } from './factor-mixture.ts';

/**
 * The law of the number of active features in each class, where a class is a set of exchangeable features: given the
 * counts, all choices of active features are equally likely.
 */
export interface CountLaw {
  /** The features of each class, ascending. */
  readonly classes: readonly (readonly number[])[];
  /** The numbers of active features by class, for every outcome except that no feature is active. */
  readonly counts: readonly (readonly number[])[];
  /** The probability of each outcome in `counts`. */
  readonly probabilities: Float64Array;
}

/**
 * The law of counts under a one-factor copula, where features with the same density and loading are exchangeable: a
 * mixture of products of binomials over the factor, by quadrature ({@link factorMixture}).
 *
 * @param densities P(active) of each feature.
 * @param loadings the correlation of each feature with the common factor.
 * @param limit the largest number of outcomes.
 * @returns null if there are more than `limit` outcomes.
 *
 * @example
 * ```js
 * import { countLaw } from 'polysem/features';
 * const law = countLaw(Float64Array.of(0.5, 0.5), Float64Array.of(0, 0), 100);
 * law.classes; // [[0, 1]]
 * law.probabilities; // [0.5, 0.25]
 * ```
 */
export function countLaw(
  densities: Float64Array,
  loadings: Float64Array,
  limit: number,
): CountLaw | null {
  const alike = classes(densities.length, (i) => [densities[i], loadings[i]]);
  const outcomes = alike.reduce((product, { length }) => product * (length + 1), 1);
  if (!(outcomes <= limit)) return null;
  const first = (numbers: Float64Array): Float64Array =>
    Float64Array.from(alike, ([i]) => numbers[i]);
  const { weights, densities: given } = factorMixture(first(densities), first(loadings));
  const probabilities = new Float64Array(outcomes);
  const joint = new Float64Array(outcomes);
  weights.forEach((weight, node) => {
    joint[0] = weight;
    let size = 1;
    alike.forEach(({ length }, at) => {
      const own = binomial(length, given[node * alike.length + at]);
      // Backwards, because the product is written over its first factor.
      for (let i = size - 1; i >= 0; i--) {
        const before = joint[i];
        for (let k = 0; k <= length; k++) joint[i * (length + 1) + k] = before * own[k];
      }
      size *= length + 1;
    });
    for (let i = 0; i < outcomes; i++) probabilities[i] += joint[i];
  });
  let counts: readonly (readonly number[])[] = [[]];
  for (const { length } of alike) {
    const own = Array.from({ length: length + 1 }, (_, count) => count);
    counts = counts.flatMap((before) => own.map((count) => before.concat(count)));
  }
  return { classes: alike, counts: counts.slice(1), probabilities: probabilities.slice(1) };
}

/** P(k of n successes) for k = 0 .. n. Starts at the mode, so that nothing overflows and only negligible terms underflow. */
function binomial(n: number, p: number): readonly number[] {
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const law = Array.from({ length: n + 1 }, () => 0);
  law[mode] = 1;
  for (let k = mode; k > 0; k--) law[k - 1] = (law[k] * k * (1 - p)) / ((n - k + 1) * p);
  for (let k = mode; k < n; k++) law[k + 1] = (law[k] * (n - k) * p) / ((k + 1) * (1 - p));
  const total = law.reduce((sum, q) => sum + q, 0);
  return law.map((q) => q / total);
}
