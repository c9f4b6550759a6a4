/** What a random Gaussian matrix of some shape would measure. */
export interface GaussianBaseline {
  /** Expected capacity of a feature. */
  readonly mean: number;
  /** Standard deviation of a feature's capacity. */
  readonly standardDeviation: number;
  /** Expected sum of capacities. */
  readonly total: number;
  /** Expected efficiency, total / rank. */
  readonly efficiency: number;
  /** Leverage of a feature, rank / N on average. */
  readonly meanLeverage: number;
}

/**
 * Capacities of a D x N matrix of independent normal entries, exactly: given w_i, the other features' inner
 * products with its direction are independent standard normal, so that
 * C_i = n / (n + sum_{j != i} g_j^2) with n ~ chi^2_D is Beta(D / 2, (N - 1) / 2), with mean D / (N + D - 1).
 *
 * @throws RangeError if a size is not a positive integer.
 */
export function gaussianBaseline(dims: number, features: number): GaussianBaseline {
  for (const [field, value] of [
    ['dims', dims],
    ['features', features],
  ] as const) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${field}: must be a positive integer, got ${value}`);
    }
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
