import { measureCapacity } from '../capacity/measure.ts';
import { embedding } from '../embedding/embedding.ts';
import { addError, noErrors, type ErrorSums } from './feature-figures.ts';
import type { ErrorEstimate } from './stream-measurement.ts';
import type { StreamTasks } from './tasks.ts';

/** Singular values below this fraction of the largest need another eigendecomposition; see `leftSingular`. */
const RESOLVED = 2 ** -13;

/**
 * Measures a matrix in memory, in float64, and bounds the errors.
 *
 * A computed direction of singular value sigma_k differs from the exact one by errors E of the matrix with norm
 * |E| = e sigma_1, e = sqrt(max(N, D)) 2^-52 for independent roundings, so that a coordinate t_k is off by e sigma_1. To first
 * order the leverage C~ = sum t_k^2 / sigma_k^2 changes by at most 2 e sigma_1 sqrt(sum t_k^2 / sigma_k^4), and
 * f = sum sigma_k^2 t_k^2, the denominator of C, by 2 e sigma_1 sqrt(f) |t|. The first follows the condition of the matrix:
 * leverages along a direction of singular value e sigma_1 are not known at all.
 *
 * In addition, sigma_k^2 has a relative error of e (s / sigma_k)^2, with s the largest singular value of the same
 * eigendecomposition, because it is an eigenvalue of S.
 */
export function measureWhole({
  dims,
  features,
  data,
}: StreamTasks['whole']['input']): StreamTasks['whole']['answer'] {
  const participation = new Float64Array(features);
  const capacity = noErrors();
  const leverage = noErrors();
  const rounding = Math.sqrt(Math.max(features, dims)) * Number.EPSILON;
  let count = 0;
  let relative: Float64Array | null = null;
  const measured = measureCapacity(embedding(dims, features, data), (i, t, sigma) => {
    participation[i] = participationOf(t);
    if (participation[i] === 0) return;
    relative ??= eigenvalueErrors(sigma).map((error) => 2 * rounding * error);
    const errors = errorsOf(t, sigma, relative, 2 * rounding * sigma[0]);
    addError(capacity, errors.capacity + 2 * rounding);
    addError(leverage, errors.leverage + 2 * rounding);
    count++;
  });
  return {
    measured,
    participation,
    relativeError: { capacity: estimate(capacity, count), leverage: estimate(leverage, count) },
  };
}

/** (s / sigma_k)^2, with s the largest singular value of the eigendecomposition that found sigma_k. */
function eigenvalueErrors(sigma: Float64Array): Float64Array {
  let largest = sigma[0];
  return sigma.map((value) => {
    if (value < RESOLVED * largest) largest = value;
    return (largest / value) ** 2;
  });
}

/**
 * Relative errors of capacity and leverage of a feature, from relative errors of sigma_k^2 and a shift of coordinates, which
 * counts twice.
 */
function errorsOf(
  t: Float64Array,
  sigma: Float64Array,
  relative: Float64Array,
  shift: number,
): { readonly capacity: number; readonly leverage: number } {
  let norm = 0;
  let frame = 0;
  let lever = 0;
  let steep = 0;
  let frameError = 0;
  let leverError = 0;
  for (let k = 0; k < t.length; k++) {
    const square = t[k] * t[k];
    const share = square / sigma[k] ** 2;
    const f = square * sigma[k] ** 2;
    norm += square;
    frame += f;
    lever += share;
    steep += share / sigma[k] ** 2;
    frameError += f * relative[k];
    leverError += share * relative[k];
  }
  return {
    capacity: shift * Math.sqrt(norm / frame) + frameError / frame,
    leverage: (shift * Math.sqrt(steep) + leverError) / lever,
  };
}

function estimate({ squares, largest }: ErrorSums, count: number): ErrorEstimate {
  return { typical: count === 0 ? 0 : Math.sqrt(squares / count), largest };
}

/**
 * Participation number (sum t^2)^2 / sum t^4. Coordinates are first divided by the largest, so that
 * fourth powers do not underflow.
 */
function participationOf(t: Float64Array): number {
  let largest = 0;
  for (const entry of t) largest = Math.max(largest, Math.abs(entry));
  if (largest === 0) return 0;
  let squares = 0;
  let fourth = 0;
  for (const entry of t) {
    const square = (entry / largest) ** 2;
    squares += square;
    fourth += square * square;
  }
  return (squares / fourth) * squares;
}
