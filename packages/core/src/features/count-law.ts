import { classes } from './classes.ts';
import { factorMixture } from './factor-mixture.ts';

/** How many features are active of each class of those that are alike: given the counts, all choices are equally likely. */
export interface CountLaw {
  /** Ascending features of each class. */
  readonly classes: readonly (readonly number[])[];
  /** The active features of each class, for every outcome but that of none at all. */
  readonly counts: readonly (readonly number[])[];
  /** Of the outcomes. */
  readonly probabilities: Float64Array;
}

/**
 * The law of counts under a one-factor copula: features of one density and loading are exchangeable. It is a mixture of
 * products of binomials over the factor, by quadrature (`factorMixture`).
 *
 * @returns null where there would be more than `limit` outcomes.
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
      // From the end, so that what is still to be read is not overwritten.
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

/** P(k of n), k = 0 .. n: from the likeliest k outwards, so that nothing overflows, nor vanishes that matters. */
function binomial(n: number, p: number): readonly number[] {
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const law = Array.from({ length: n + 1 }, () => 0);
  law[mode] = 1;
  for (let k = mode; k > 0; k--) law[k - 1] = (law[k] * k * (1 - p)) / ((n - k + 1) * p);
  for (let k = mode; k < n; k++) law[k + 1] = (law[k] * (n - k) * p) / ((k + 1) * (1 - p));
  const total = law.reduce((sum, q) => sum + q, 0);
  return law.map((q) => q / total);
}
