import type { Generator } from '../random/generator.ts';
import { shuffle } from '../random/shuffle.ts';
import { pearson } from './correlation.ts';

/** How often chance does as well. */
export interface PermutationTest {
  /** Pearson's correlation of predicted and measured. */
  readonly correlation: number;
  /** How many times the measured values were dealt out anew. */
  readonly permutations: number;
  /**
   * The chance of a correlation at least as large if which feature has which capacity has nothing to do with the
   * prediction: (1 + as large ones) / (1 + permutations), never below what that can show.
   */
  readonly pValue: number;
  /** The correlation in units of its standard deviation under permutation, which is 1 / sqrt(N - 1) exactly. */
  readonly standardScore: number;
}

/** So many exchanges in all, so that a million features take seconds; at least LEAST permutations. */
const EXCHANGES = 3e7;
const LEAST = 99;

/**
 * One-sided permutation test of a prediction that does not depend on which feature has which measured value, as that at
 * the budget price: the p-value is exact, uniform where there is no relation. Of more than 30,000 features fewer permutations
 * than asked for are made. Null if either side is constant.
 */
export function permutationTest(
  g: Generator,
  predicted: Float64Array,
  measured: Float64Array,
  permutations: number,
): PermutationTest | null {
  const correlation = pearson(predicted, measured);
  if (Number.isNaN(correlation)) return null;
  const count = measured.length;
  const rounds = Math.min(permutations, Math.max(LEAST, Math.floor(EXCHANGES / count)));
  const centred = predicted.map((p) => p - predicted[0]);
  const product = (values: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += centred[i] * values[i];
    return sum;
  };
  // Means and variances stay, so that the sums of products order the permutations as the correlations do. Equal ones
  // may differ by rounding.
  const slack = 1e-12 * product(measured.map(Math.abs));
  const observed = product(measured) - Math.abs(slack);
  const dealt = measured.slice();
  let asLarge = 0;
  for (let round = 0; round < rounds; round++) {
    shuffle(g, dealt);
    if (product(dealt) >= observed) asLarge++;
  }
  return {
    correlation,
    permutations: rounds,
    pValue: (1 + asLarge) / (1 + rounds),
    standardScore: correlation * Math.sqrt(count - 1),
  };
}
