/**
 * Participation ratio of the frame operator's spectrum, (sum lambda)^2 / sum lambda^2 with lambda the squares
 * of the singular values: how many dimensions carry the variance, from 1 to the rank; 0 for a zero matrix.
 */
export function participationRatio(singularValues: Float64Array): number {
  let sum = 0;
  let squares = 0;
  const largest = singularValues[0] ?? 0;
  for (const sigma of singularValues) {
    const lambda = (sigma / largest) ** 2;
    sum += lambda;
    squares += lambda * lambda;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}

/**
 * Effective rank, exp of the Shannon entropy of the singular values normalised to sum 1 (Roy & Vetterli 2007),
 * from 1 to the rank; 0 for a zero matrix.
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
