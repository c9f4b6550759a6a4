import { positiveInteger } from '@polysem/numerics/checks';

/** Cells of the angle for the midpoint rule: the error of the integral is then below 1e-7. */
const CELLS = 8192;

/**
 * Eigenvalues that S = W W^T has for a large D x N matrix W of independent Gaussian entries: the quantiles
 * (k + 1/2) / min(D, N) of the law of Marchenko and Pastur (1967). With y the ratio of the smaller size to the larger and x
 * an eigenvalue divided by the mean of the non-zero ones,
 *
 *     x = 1 + y + 2 sqrt(y) cos theta,   density (2 / pi) sin^2 theta / x over theta in [0, pi].
 *
 * The law is exact in the limit of large matrices. Single eigenvalues deviate from it by about 1 / D of the width of the
 * spectrum, those at its ends by about D^(-2/3).
 *
 * @param dims D.
 * @param features N.
 * @param trace sum of the eigenvalues: the squared Frobenius norm of W.
 * @returns the min(D, N) non-zero eigenvalues, largest first.
 * @throws RangeError if a size is not a positive integer, or the trace is negative or not finite.
 * @example
 * ```js
 * import { marchenkoPasturSpectrum } from 'polysem/capacity';
 * marchenkoPasturSpectrum(2, 8, 16); // [10.92, 4.61]
 * ```
 */
export function marchenkoPasturSpectrum(
  dims: number,
  features: number,
  trace: number,
): Float64Array {
  for (const [field, value] of Object.entries({ dims, features })) {
    positiveInteger(field, value);
  }
  if (!(trace >= 0 && trace < Infinity))
    throw new RangeError(`trace: must be finite and at least 0, got ${trace}`);
  const count = Math.min(dims, features);
  const y = count / Math.max(dims, features);
  const valueAt = (theta: number): number => 1 + y + 2 * Math.sqrt(y) * Math.cos(theta);
  const step = Math.PI / CELLS;
  const shares = Float64Array.from({ length: CELLS }, (_, cell) => {
    const theta = (cell + 0.5) * step;
    return Math.sin(theta) ** 2 / valueAt(theta);
  });
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const eigenvalues = new Float64Array(count);
  let cell = 0;
  let before = 0;
  for (let k = 0; k < count; k++) {
    const wanted = ((k + 0.5) / count) * whole;
    while (cell < CELLS - 1 && before + shares[cell] < wanted) before += shares[cell++];
    const within = Math.min(1, (wanted - before) / shares[cell]);
    eigenvalues[k] = (trace / count) * Math.max(0, valueAt((cell + within) * step));
  }
  return eigenvalues;
}
