import { checkOneVaried, type OneVaried } from './one-varied.ts';
import { returnsToCapacity } from './quadratic.ts';

/** The optimum of the quadratic model while the varied feature keeps a given capacity. */
export interface HeldVaried {
  readonly loss: number;
  /** dL/dC: the change of the loss per dimension of held capacity; 0 at the optimum without holding. */
  readonly slope: number;
}

/**
 * Smallest loss of the quadratic model while its varied feature keeps capacity c, in closed form, for kurtosis of at least 3.
 *
 * [new] Let S = W W^T, n_j = |w_j|^2, a = n_0 / c, T = sum_{j > 0} n_j. Then c fixes w_0^T S w_0 = a n_0, so that the diagonal
 * entry of S along w_0 is a, and the trace of S^2 is at least a^2 + (T - (1 - c) a)^2 / (D - 1). With equation 12, and equal
 * n_j = T / (N - 1), which are best for equal importances,
 *
 *   L >= (k - 1) (c a - V)^2 - 2 c^2 a^2 + 2 a^2 + 2 (T - (1 - c) a)^2 / (D - 1)
 *        + (N - 1) (k - 1) (T / (N - 1) - 1)^2 - 2 T^2 / (N - 1),
 *
 * with equality for some W by the Schur-Horn theorem. The right side is convex in a and T; its minimum is returned. In general
 * such a W uses less than D dimensions: the sum of l_i(C_i) over an allocation of the remaining D - c is a smaller loss, which
 * no W attains except at the optimum without holding, and at c = 0 and 1.
 *
 * @param problem N, D and k.
 * @param importance V, the importance of the held feature; the others have importance 1.
 * @param capacity the held capacity, from 0 to 1.
 * @returns the loss and its slope.
 * @throws RangeError if a size, the importance or the capacity is invalid, or the kurtosis is below 3.
 *
 * @example
 * ```js
 * import { heldVaried } from 'polysem/theory';
 * const problem = { features: 2, dims: 1, kurtosis: 9 };
 * heldVaried(problem, 1, 0.5); // { loss: 3.2, slope: 0 }
 * heldVaried(problem, 1, 1); // { loss: 8, slope: 12 }
 * ```
 */
export function heldVaried(problem: OneVaried, importance: number, capacity: number): HeldVaried {
  checkOneVaried(problem);
  const { features, dims, kurtosis: k } = problem;
  if (returnsToCapacity(k) === 'increasing')
    throw new RangeError(`kurtosis: the held optimum is known from kurtosis 3 on, got ${k}`);
  if (!(importance > 0)) throw new RangeError(`importance: must be positive, got ${importance}`);
  if (!(capacity >= 0 && capacity <= 1))
    throw new RangeError(`capacity: must be from 0 to 1, got ${capacity}`);
  const [v, c, others] = [importance, capacity, features - 1];
  const rest = 1 - c;

  const [a, total] = interior() ?? edge();
  const spread = total - rest * a;
  const loss =
    (k - 1) * (c * a - v) ** 2 -
    2 * (c * a) ** 2 +
    2 * a * a +
    (dims > 1 ? (2 * spread * spread) / (dims - 1) : 0) +
    others * (k - 1) * (total / others - 1) ** 2 -
    (2 * total * total) / others;
  // The derivative by T of the terms of the other features, which at the minimum balances that of the trace.
  const price = 2 * ((k - 1) * (total / others - 1) - (2 * total) / others);
  return { loss, slope: 2 * (k - 1) * a * (c * a - v) - 4 * c * a * a - a * price };

  /** The stationary point (a, T); null if it leaves no trace for the other dimensions. */
  function interior(): [number, number] | null {
    if (dims === 1) return null;
    const cross = (-2 * rest) / (dims - 1);
    const aa = (k - 3) * c * c + 2 - rest * cross;
    const tt = 2 / (dims - 1) + (k - 3) / others;
    const determinant = aa * tt - cross * cross;
    const [byA, byT] = [(k - 1) * c * v, k - 1];
    const point: [number, number] = [
      (byA * tt - cross * byT) / determinant,
      (aa * byT - cross * byA) / determinant,
    ];
    return point[1] >= rest * point[0] ? point : null;
  }
  /** The minimum where T = (1 - c) a: the others overlap with the held feature only. */
  function edge(): [number, number] {
    const curvature = (k - 3) * c * c + 2 + (rest * rest * (k - 3)) / others;
    const at = ((k - 1) * (c * v + rest)) / curvature;
    return [at, rest * at];
  }
}
