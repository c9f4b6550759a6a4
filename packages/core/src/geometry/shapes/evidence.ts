/** ln n!. */
export function logFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}

/** ln of the volume of the unit sphere S^(d-1) in d dimensions: ln 2 for d = 1, ln 2 pi for d = 2. */
export function logSphere(d: number): number {
  // vol S^(k+1) = vol S^(k-1) 2 pi / k.
  let volume = Math.log(d % 2 === 1 ? 2 : 2 * Math.PI);
  for (let k = d % 2 === 1 ? 1 : 2; k < d; k += 2) volume += Math.log((2 * Math.PI) / k);
  return volume;
}

/** ln of the volume of the orthogonal group O(d), where a rotation of a coordinate plane by an angle x has length x. */
export function logOrthogonal(d: number): number {
  let volume = 0;
  for (let k = 1; k <= d; k++) volume += logSphere(k);
  return volume;
}

/**
 * ln of the Bayes factor of "these directions, up to rotation, in some order" against "random directions, uniform on the
 * sphere in the same d dimensions", with the same lengths, under normal noise of standard deviation sigma per entry:
 *
 *   - inside / (2 sigma^2)                                           likelihood at the best rotation
 *   + sum_i ln [vol S^(d-1) (s_i / (sqrt(2 pi) sigma))^(d-1)]        prior of random directions
 *   - ln vol O(d) - 1/2 sum_{a<b} ln[(inertia_a + inertia_b) / (2 pi sigma^2)]   prior of the rotation (Laplace)
 *   - ln labellings                                                  prior of the order of the features
 *
 * A vector so short that noise spreads it over its whole sphere contributes 0.
 */
export function directionEvidence(
  fit: {
    readonly lengths: Float64Array;
    readonly inside: number;
    readonly inertia: Float64Array;
  },
  sigma: number,
  logLabellings: number,
): number {
  const d = fit.inertia.length;
  const logNoise = Math.log(Math.sqrt(2 * Math.PI) * sigma);
  const sphere = logSphere(d);
  let sum = -fit.inside / (2 * sigma * sigma) - logOrthogonal(d) - logLabellings;
  for (const s of fit.lengths) sum += Math.max(0, sphere + (d - 1) * (Math.log(s) - logNoise));
  for (let a = 0; a < d; a++) {
    for (let b = 0; b < a; b++) sum -= Math.log(fit.inertia[a] + fit.inertia[b]) / 2 - logNoise;
  }
  return sum;
}

/**
 * Posterior probability of one of several alternatives to the null hypothesis, with equal prior probabilities.
 *
 * @param logEvidence ln of its Bayes factor against the null hypothesis.
 * @param others those of the other alternatives.
 */
export function posterior(logEvidence: number, others: readonly number[]): number {
  let rest = Math.exp(-logEvidence);
  for (const other of others) rest += Math.exp(other - logEvidence);
  return 1 / (1 + rest);
}
