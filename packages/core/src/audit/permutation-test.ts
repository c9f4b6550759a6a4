import type { Generator } from '@polysem/numerics/random';
import { integerBelow } from '@polysem/numerics/random';
import { permutation, shuffle } from '@polysem/numerics/random';
import { pearson } from './correlation.ts';
import { valuesAt } from './select.ts';

/** A permutation test: the fraction of random assignments of capacities to features that agree with the prediction as well. */
export interface PermutationTest {
  /** Pearson's correlation of predicted and measured capacities. */
  readonly correlation: number;
  /** Number of random permutations of the measured values. */
  readonly permutations: number;
  /**
   * Probability of a correlation at least as large if capacities are unrelated to the prediction:
   * (1 + permutations with a correlation at least as large) / (1 + permutations).
   */
  readonly pValue: number;
  /** The correlation in units of its standard deviation under permutation, exactly 1 / sqrt(N - 1). */
  readonly standardScore: number;
}

/** Exchanges that take about a second. Beyond this, features are permuted once and then shifted cyclically. */
const EXCHANGES = 3e7;

/**
 * One-sided permutation test of a prediction that does not depend on which feature has which measured value, such as the
 * prediction at the budget price. The p-value is exact: uniform if there is no relation. O(N) per permutation.
 *
 * If all permutations take more than `exchanges` exchanges (3e7 by default: 999 permutations of 30,000 features), features
 * are put in a random order once, and the measured values are shifted along it cyclically by random steps. Shifts form a
 * group, which is all that exactness requires, and sums over two contiguous lists are faster than exchanges all over memory.
 *
 * Source: Hemerik & Goeman, "Exact testing with random permutations", TEST 27 (2018), theorem 2.
 *
 * @returns null if either list is constant.
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
  const left = order === null ? centred : valuesAt(centred, order);
  const dealt = order === null ? measured.slice() : valuesAt(measured, order);
  // Means and variances are invariant, so sums of products order permutations as correlations do. The slack allows
  // equal sums to differ by rounding.
  const slack = 1e-12 * product(left.map(Math.abs), dealt.map(Math.abs), 0);
  const observed = product(left, dealt, 0) - slack;
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

/** The inner product of two lists, the second shifted cyclically by `shift`. */
function product(x: Float64Array, y: Float64Array, shift: number): number {
  const turn = y.length - shift;
  return (
    innerProduct(x.subarray(0, turn), y.subarray(shift)) +
    innerProduct(x.subarray(turn), y.subarray(0, shift))
  );
}

/** The inner product in four independent sums, which the processor can compute in parallel. */
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
