import { normalCdf } from '@polysem/numerics/elementary';
import { belowBoth, exponent } from './bivariate-normal.ts';

/** A variance of 1 less what other variables explain is rounding up to here. */
const ROUNDING = 4 * Number.EPSILON;

/**
 * The derivative of P(X_a < limits[a] for all a), for three or four variables, along the straight line from independence to the
 * given correlations, as far as it comes from the correlation of the variables i and j. Its argument is the angle whose sine is
 * the share s of the way.
 *
 * The variables are X_a = sqrt(1 - s) E_a + sqrt(s) (A Z)_a with a factor A of the correlations. What is left of them given i and
 * j comes from these vectors, not from differences of correlations: it keeps its digits where the correlations are singular.
 *
 * @param limits finite numbers.
 * @param correlation the correlation of X_a and X_b, not 1 or -1.
 * @param factor rows of `factorOf`.
 * @param i first variable of the pair.
 * @param j second variable of the pair.
 */
export function pairDerivative(
  limits: readonly number[],
  correlation: (a: number, b: number) => number,
  factor: readonly Float64Array[],
  i: number,
  j: number,
): (angle: number) => number {
  const size = limits.length;
  const order = [i, j, ...[...limits.keys()].filter((a) => a !== i && a !== j)];
  const ordered = order.map((a) => limits[a]);
  const full = correlation(i, j);
  const withFirst = order.map((a) => correlation(i, a));
  const vectors = new Float64Array(2 * size * size);
  const lower = new Float64Array(size * size);
  return (angle) => {
    const s = Math.sin(angle);
    const square = Math.cos(angle) ** 2;
    const own = square / (1 + s);
    const noise = square + s * s * (1 - full) * (1 + full);
    const density =
      Math.exp(-exponent(limits[i], limits[j], s * full, noise)) / (2 * Math.PI * Math.sqrt(noise));
    const share = full * Math.cos(angle) * density;
    if (share === 0) return 0;

    order.forEach((a, at) => {
      const start = 2 * size * at;
      for (let d = 0; d < size; d++) vectors[start + d] = Math.sqrt(s) * factor[a][d];
      vectors.fill(0, start + size, start + 2 * size);
      vectors[start + size + at] = Math.sqrt(own);
    });
    orthonormalise(vectors, size, lower);
    /** The limit minus the mean given that X_i equals its limit, without cancellation. */
    const beyond = (at: number): number => {
      const c = withFirst[at];
      return c > 0
        ? ordered[at] - ordered[0] + ordered[0] * (own + s * (1 - c))
        : ordered[at] + ordered[0] - ordered[0] * (own + s * (1 + c));
    };
    const place = beyond(1) / Math.sqrt(noise);
    const limit = (at: number, spread: number): number =>
      (beyond(at) - lower[at * size + 1] * place) / spread;
    const third = limit(2, lower[2 * size + 2]);
    if (size === 3) return share * normalCdf(third);
    const [common, own4] = [lower[3 * size + 2], lower[3 * size + 3]];
    return share * belowBoth(third, limit(3, Math.hypot(common, own4)), Math.atan2(common, own4));
  };
}

/**
 * Rows of a factor A of correlations R, A A' = R. Cholesky's method with the largest remainder first is stable where R is
 * singular.
 */
export function factorOf(
  size: number,
  correlation: (a: number, b: number) => number,
): Float64Array[] {
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  const left = new Set(rows.keys());
  for (let column = 0; column < size; column++) {
    const remainder = (a: number): number => 1 - dot(rows[a], rows[a]);
    const pivot = [...left].reduce((a, b) => (remainder(b) > remainder(a) ? b : a));
    if (remainder(pivot) <= ROUNDING) break;
    const root = Math.sqrt(remainder(pivot));
    left.delete(pivot);
    for (const a of left)
      rows[a][column] = (correlation(a, pivot) - dot(rows[a], rows[pivot])) / root;
    rows[pivot][column] = root;
  }
  return rows;
}

function dot(u: Float64Array, v: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < u.length; d++) sum += u[d] * v[d];
  return sum;
}

/** Makes rows of length 2 size orthonormal by the method of Gram and Schmidt, and writes the lower triangle that gives them back. */
function orthonormalise(rows: Float64Array, size: number, lower: Float64Array): void {
  const width = 2 * size;
  lower.fill(0);
  for (let a = 0; a < size; a++) {
    // The second time removes what rounding left of the first.
    for (let round = 0; round < 2; round++) {
      for (let b = 0; b < a; b++) {
        let along = 0;
        for (let d = 0; d < width; d++) along += rows[a * width + d] * rows[b * width + d];
        for (let d = 0; d < width; d++) rows[a * width + d] -= along * rows[b * width + d];
        lower[a * size + b] += along;
      }
    }
    let square = 0;
    for (let d = 0; d < width; d++) square += rows[a * width + d] ** 2;
    lower[a * size + a] = Math.sqrt(square);
    for (let d = 0; d < width; d++) rows[a * width + d] /= lower[a * size + a];
  }
}
