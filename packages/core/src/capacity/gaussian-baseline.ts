import { positiveInteger } from '@polysem/numerics/checks';

/** Expected measurements of a random Gaussian embedding. */
export interface GaussianBaseline {
  /** Expected capacity of a feature. */
  readonly mean: number;
  /** Standard deviation of a feature's capacity. */
  readonly standardDeviation: number;
  /** Expected sum of capacities. */
  readonly total: number;
  /** Expected efficiency, total / rank. */
  readonly efficiency: number;
  /** Expected leverage of a feature, rank / N. */
  readonly meanLeverage: number;
}

/**
 * The exact distribution of capacities in a D x N matrix of independent standard normal entries. Given w_i, the inner
 * products of the other features with its direction are independent standard normal numbers g_j, so
 * C_i = n / (n + sum_{j != i} g_j^2) with n ~ chi^2_D follows Beta(D / 2, (N - 1) / 2), whose mean is D / (N + D - 1).
 *
 * @param dims D.
 * @param features N.
 * @returns mean and standard deviation of the capacities, and figures that follow from them.
 * @throws RangeError if a size is not a positive integer.
 * @example
 * ```js
 * import { gaussianBaseline } from 'polysem/capacity';
 * gaussianBaseline(3, 6).mean; // 0.375
 * ```
 */
export function gaussianBaseline(dims: number, features: number): GaussianBaseline {
  for (const [field, value] of [
    ['dims', dims],
    ['features', features],
  ] as const) {
    positiveInteger(field, value);
  }
  const a = dims / 2;
  const b = (features - 1) / 2;
  const mean = a / (a + b);
  const rank = Math.min(dims, features);
  return {
    mean,
    standardDeviation: Math.sqrt((a * b) / (a + b + 1)) / (a + b),
    total: features * mean,
    efficiency: (features * mean) / rank,
    meanLeverage: rank / features,
  };
}
