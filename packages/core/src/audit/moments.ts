/**
 * Count, mean and sums of powers of the deviations from the mean, one of each per feature. Variance and kurtosis follow
 * from them, and they merge without cancellation.
 */
export interface CentralSums {
  readonly count: Float64Array;
  readonly mean: Float64Array;
  /** sum (x - mean)^2, ^3, ^4. */
  readonly second: Float64Array;
  readonly third: Float64Array;
  readonly fourth: Float64Array;
}

/** The sums over no samples. */
export function emptySums(features: number): CentralSums {
  return {
    count: new Float64Array(features),
    mean: new Float64Array(features),
    second: new Float64Array(features),
    third: new Float64Array(features),
    fourth: new Float64Array(features),
  };
}

/** Adds one number to a feature's sums. Source: Welford 1962; higher powers from Pebay 2008, equation 2.1 for one number. */
export function addNumber(sums: CentralSums, feature: number, x: number): void {
  const { count, mean, second, third, fourth } = sums;
  const before = count[feature];
  const n = before + 1;
  const delta = x - mean[feature];
  const part = delta / n;
  const square = delta * part * before;
  const m2 = second[feature];
  fourth[feature] +=
    part * (square * part * (n * n - 3 * n + 3) + 6 * part * m2 - 4 * third[feature]);
  third[feature] += part * (square * (n - 2) - 3 * m2);
  second[feature] = m2 + square;
  mean[feature] += part;
  count[feature] = n;
}

/**
 * Merges the sums of other samples into `into`. Source: Pebay, "Formulas for robust, one-pass parallel computation of
 * covariances and arbitrary-order statistical moments", Sandia report 2008-6212, equations 2.1 to 2.4.
 */
export function mergeSums(into: CentralSums, other: CentralSums): void {
  for (let i = 0; i < into.count.length; i++) {
    const a = into.count[i];
    const b = other.count[i];
    if (b === 0) continue;
    const n = a + b;
    const delta = other.mean[i] - into.mean[i];
    const part = delta / n;
    const [a2, a3] = [into.second[i], into.third[i]];
    const [b2, b3] = [other.second[i], other.third[i]];
    into.fourth[i] +=
      other.fourth[i] +
      delta * part * part * part * a * b * (a * a - a * b + b * b) +
      6 * part * part * (a * a * b2 + b * b * a2) +
      4 * part * (a * b3 - b * a3);
    into.third[i] += b3 + delta * part * part * a * b * (a - b) + 3 * part * (a * b2 - b * a2);
    into.second[i] += b2 + delta * part * a * b;
    into.mean[i] += part * b;
    into.count[i] = n;
  }
}
