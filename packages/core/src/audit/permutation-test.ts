import type { Generator } from '../random/generator.ts';
import { integerBelow } from '../random/distributions.ts';
import { permutation, shuffle } from '../random/shuffle.ts';
import { pearson } from './correlation.ts';
import { picked } from './pick.ts';

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

/** Exchanges that take a second: where all permutations take more, features are dealt out once and then shifted. */
const EXCHANGES = 3e7;

/**
 * One-sided permutation test of a prediction that does not depend on which feature has which measured value, as that at
 * the budget price: the p-value is exact, uniform where there is no relation. O(N) each.
 *
 * Where all permutations take more than 3e7 exchanges (999 of more than 30,000 features), features are put in a random
 * order, and measured values are shifted along it, round about, by steps at random. The shifts are a group, which is all
 * that exactness asks for, and products are then sums over two lists side by side instead of as many exchanges all over
 * memory. Null if either side is constant.
 *
 * Source: Hemerik & Goeman, "Exact testing with random permutations", TEST 27 (2018), theorem 2.
 */
export function permutationTest(
  g: Generator,
  predicted: Float64Array,
  measured: Float64Array,
  permutations: number,
  exchanges: number = EXCHANGES,
): PermutationTest | null {
  const correlation = pearson(predicted, measured);
  if (Number.isNaN(correlation)) return null;
  const count = measured.length;
  const centred = predicted.map((p) => p - predicted[0]);
  const shifts = count * permutations > exchanges;
  const order = shifts ? permutation(g, count) : null;
  const left = order === null ? centred : picked(centred, order);
  const dealt = order === null ? measured.slice() : picked(measured, order);
  // Means and variances stay, so that the sums of products order the permutations as the correlations do. Equal ones
  // may differ by rounding.
  const slack = 1e-12 * product(left, dealt.map(Math.abs), 0);
  const observed = product(left, dealt, 0) - Math.abs(slack);
  let asLarge = 0;
  for (let round = 0; round < permutations; round++) {
    if (!shifts) shuffle(g, dealt);
    if (product(left, dealt, shifts ? integerBelow(g, count) : 0) >= observed) asLarge++;
  }
  return {
    correlation,
    permutations,
    pValue: (1 + asLarge) / (1 + permutations),
    standardScore: correlation * Math.sqrt(count - 1),
  };
}

/** The sum of products of two lists, the second one shifted round about by so many places. */
function product(x: Float64Array, y: Float64Array, shift: number): number {
  const turn = y.length - shift;
  return (
    innerProduct(x.subarray(0, turn), y.subarray(shift)) +
    innerProduct(x.subarray(turn), y.subarray(0, shift))
  );
}

/** Four sums, which do not wait for each other. */
function innerProduct(x: Float64Array, y: Float64Array): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const even = x.length - (x.length % 4);
  for (let i = 0; i < even; i += 4) {
    s0 += x[i] * y[i];
    s1 += x[i + 1] * y[i + 1];
    s2 += x[i + 2] * y[i + 2];
    s3 += x[i + 3] * y[i + 3];
  }
  for (let i = even; i < x.length; i++) s0 += x[i] * y[i];
  return s0 + s1 + (s2 + s3);
}
