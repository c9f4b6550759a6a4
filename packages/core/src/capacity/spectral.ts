/**
 * Participation ratio of the spectrum of the frame operator, (sum lambda)^2 / sum lambda^2 with lambda the squared
 * singular values: the effective number of dimensions that carry the variance.
 *
 * @param singularValues singular values of W, largest first.
 * @returns a number from 1 to the rank; 0 for a zero matrix.
 * @example
 * ```js
 * import { participationRatio } from 'polysem/capacity';
 * participationRatio(Float64Array.of(2, 2, 0)); // 2
 * ```
 */
export function participationRatio(singularValues: Float64Array): number {
  let sum = 0;
  let squares = 0;
  const [largest] = singularValues;
  if (!(largest > 0)) return 0;
  for (const sigma of singularValues) {
    const lambda = (sigma / largest) ** 2;
    sum += lambda;
    squares += lambda * lambda;
  }
  return (sum * sum) / squares;
}

/**
 * Effective rank: exp of the Shannon entropy of the singular values, normalised to sum 1 (Roy & Vetterli 2007). Unlike the
 * participation ratio it is of the singular values, not of their squares, the eigenvalues of S; it is never below that ratio.
 *
 * @param singularValues singular values of W, in any order.
 * @returns a number from 1 to the rank; 0 for a zero matrix.
 * @example
 * ```js
 * import { effectiveRank } from 'polysem/capacity';
 * effectiveRank(Float64Array.of(3, 3, 3)); // 3.000
 * ```
 */
export function effectiveRank(singularValues: Float64Array): number {
  let sum = 0;
  for (const sigma of singularValues) sum += sigma;
  if (sum === 0) return 0;
  let entropy = 0;
  for (const sigma of singularValues) {
    const share = sigma / sum;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}
