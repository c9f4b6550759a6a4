import { normalCdf } from '@polysem/numerics/elementary';
import { belowBoth, exponent } from './bivariate-normal.ts';

/** A variance of 1 less what other variables explain is rounding up to here. */
const ROUNDING = 4 * Number.EPSILON;

/** Variables X_a, their limits and their correlations, with a factor of these. */
export interface Orthant {
  /** Finite numbers. */
  readonly limits: readonly number[];
  /** The correlation of X_a and X_b, not 1 or -1 for different ones. */
  readonly correlation: (a: number, b: number) => number;
  /** From `factorOf`. */
  readonly factor: Factor;
}

/**
 * The derivative of P(X_a < limits[a] for all a), for three or four variables, along the straight line from independence to the
 * given correlations, as far as it comes from the correlation of the variables i and j. Its argument is the angle whose cosine is
 * the share s of the way, and that is left to the end.
 *
 * The variables are X_a = sqrt(1 - s) E_a + sqrt(s) (A Z)_a with a factor A of the correlations. What is left of them given i and
 * j comes from these vectors, not from differences of correlations: it keeps its digits where the correlations are singular.
 *
 * @param orthant the variables.
 * @param i first variable of the pair.
 * @param j second variable of the pair.
 * @param allowed error of the derivative times its argument that does not count.
 */
export function pairDerivative(
  { limits, correlation, factor }: Orthant,
  i: number,
  j: number,
  allowed: number,
): (left: number) => number {
  const size = limits.length;
  const order = [i, j, ...[...limits.keys()].filter((a) => a !== i && a !== j)];
  const ordered = order.map((a) => limits[a]);
  const full = correlation(i, j);
  const withFirst = order.map((a) => correlation(i, a));
  const vectors = new Float64Array(2 * size * size);
  const lower = new Float64Array(size * size);
  return (left) => {
    const s = Math.cos(left);
    const square = Math.sin(left) ** 2;
    const own = square / (1 + s);
    const noise = square + s * s * (1 - full) * (1 + full);
    const density =
      Math.exp(-exponent(limits[i], limits[j], s * full, noise)) / (2 * Math.PI * Math.sqrt(noise));
    const share = full * Math.sin(left) * density;
    if (share === 0) return 0;

    vectors.fill(0);
    order.forEach((a, at) => {
      const start = 2 * size * at;
      for (let d = 0; d < size; d++) vectors[start + d] = Math.sqrt(s) * factor.rows[a][d];
      vectors[start + size + at] = Math.sqrt(own);
    });
    orthonormalise(vectors, size, lower);
    /** The limit minus the mean given that X_i equals its limit. */
    const beyond = (at: number): number => ordered[at] - s * withFirst[at] * ordered[0];
    const place = beyond(1) / Math.sqrt(noise);
    const limit = (at: number, spread: number): number =>
      (beyond(at) - lower[at * size + 1] * place) / spread;
    const third = limit(2, lower[2 * size + 2]);
    if (size === 3) return share * normalCdf(third);
    const [common, own4] = [lower[3 * size + 2], lower[3 * size + 3]];
    const angle = Math.atan2(common, own4);
    const fourth = limit(3, Math.hypot(common, own4));
    return share * belowBoth(third, fourth, angle, allowed / Math.abs(share * left));
  };
}

/** A factor of a correlation matrix. */
export interface Factor {
  /** Rows of A. */
  readonly rows: readonly Float64Array[];
  /** Smallest variance of a variable that those with larger ones leave, 0 if the correlations are singular. */
  readonly least: number;
}

/**
 * A factor A of correlations R, A A' = R. Cholesky's method with the largest remainder first is stable where R is singular.
 */
export function factorOf(size: number, correlation: (a: number, b: number) => number): Factor {
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  const left = new Set(rows.keys());
  let least = 1;
  for (let column = 0; column < size; column++) {
    const remainder = (a: number): number => 1 - dot(rows[a], rows[a]);
    const pivot = [...left].reduce((a, b) => (remainder(b) > remainder(a) ? b : a));
    least = remainder(pivot);
    if (least <= ROUNDING) return { rows, least: 0 };
    const root = Math.sqrt(least);
    left.delete(pivot);
    for (const a of left)
      rows[a][column] = (correlation(a, pivot) - dot(rows[a], rows[pivot])) / root;
    rows[pivot][column] = root;
  }
  return { rows, least };
}

function dot(u: Float64Array, v: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < u.length; d++) sum += u[d] * v[d];
  return sum;
}

/** Makes rows of length 2 size orthonormal by the method of Gram and Schmidt, and writes the lower triangle that gives them back. */
function orthonormalise(rows: Float64Array, size: number, lower: Float64Array): void {
  const width = 2 * size;
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < a; b++) {
      let along = 0;
      for (let d = 0; d < width; d++) along += rows[a * width + d] * rows[b * width + d];
      for (let d = 0; d < width; d++) rows[a * width + d] -= along * rows[b * width + d];
      lower[a * size + b] = along;
    }
    let square = 0;
    for (let d = 0; d < width; d++) square += rows[a * width + d] ** 2;
    lower[a * size + a] = Math.sqrt(square);
    for (let d = 0; d < width; d++) rows[a * width + d] /= lower[a * size + a];
  }
}
