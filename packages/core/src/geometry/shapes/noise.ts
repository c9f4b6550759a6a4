/** Default noise level: 3 % of the mean length. */
const DEFAULT_NOISE = 0.03;

/** Normal quantile at 1 - 1e-4: a test rejects a true shape with probability 1e-4. */
const QUANTILE = 3.719;

/** Smallest noise level, over the mean length: the rounding of float64 or float32 data in a fit. */
const ROUNDING = { float64: 1e-8, float32: 1e-6 } as const;

/** Mean length of a standard normal vector of n entries: sqrt 2 Gamma((n + 1) / 2) / Gamma(n / 2). */
export function meanNormalLength(n: number): number {
  // m(1) = sqrt(2 / pi) and m(k) m(k + 1) = k.
  let mean = Math.sqrt(2 / Math.PI);
  for (let k = 1; k < n; k++) mean = k / mean;
  return mean;
}

/**
 * Value that chi-square of k degrees of freedom exceeds with probability 1e-4; 0 for k = 0. By the approximation of Wilson and
 * Hilferty (1931), which is too large here, by 7 % at k = 1.
 */
export function chiSquareBound(k: number): number {
  if (k <= 0) return 0;
  const spread = 2 / (9 * k);
  const root = 1 - spread + QUANTILE * Math.sqrt(spread);
  // Engines differ in the last digit of a power.
  return k * root * root * root;
}

/**
 * Standard deviation of the noise per entry, in units of the mean length of the features; at least rounding.
 *
 * @throws RangeError if the noise level is negative or not finite.
 */
export function entryNoise(
  options: { readonly noise?: number; readonly sigma?: number },
  dims: number,
  meanLength: number,
  isFloat32: boolean,
): number {
  const { noise = DEFAULT_NOISE, sigma } = options;
  const [field, value] = sigma === undefined ? ['noise', noise] : ['sigma', sigma];
  if (!(value >= 0 && value < Infinity)) {
    throw new RangeError(`nameShape: ${field} must be a finite number of at least 0, got ${value}`);
  }
  const relative = sigma === undefined ? noise / meanNormalLength(dims) : sigma / meanLength;
  return Math.max(relative, isFloat32 ? ROUNDING.float32 : ROUNDING.float64);
}
