import type { Embedding } from '../embedding/embedding.ts';
import { arrange, inBasis, type Arrangement } from './arrangement.ts';
import { featuresOf } from './vector-queries.ts';

/** Signs of the features on either axis, and the sum of their signed squares. */
interface Split {
  readonly second: Uint8Array;
  readonly x: number;
  readonly y: number;
}

/**
 * Finds the efficient matrix nearest to some features among those of two blocks with one dimension each, in a given plane.
 * This is the global optimum over all divisions and all pairs of orthogonal axes. O(n log n).
 *
 * With w_i = r_i e^(i phi_i) in the plane and z_i = w_i^2 as complex numbers, an axis at angle t and the axis orthogonal to
 * it keep r_i^2 (1 +- cos 2(phi_i - t)) / 2. With s_i = 1 on the first axis and -1 on the second, the best angle is half the
 * argument of the sum of s_i z_i, and
 *
 *   gain = (sum of r_i^2 + |sum of s_i z_i|) / 2.
 *
 * The longest sum is a vertex of the zonotope of the z_i: s_i is the sign of the component of z_i along some direction. There
 * are 2n of these, seen as the direction turns. If all s_i are equal for that direction, the second block would be empty, and
 * the best division changes one sign.
 *
 * @param rows two orthonormal rows that span the plane.
 * @returns null if fewer than two features have a component in the plane.
 */
export function bestPairOfAxes(
  w: Embedding,
  features: readonly number[],
  rows: Float64Array,
): Arrangement | null {
  const { data } = inBasis(featuresOf(w, features), rows, 2);
  const placed = features.flatMap((_, i) =>
    data[2 * i] === 0 && data[2 * i + 1] === 0 ? [] : [i],
  );
  if (placed.length < 2) return null;
  const x = Float64Array.from(placed, (i) => data[2 * i] ** 2 - data[2 * i + 1] ** 2);
  const y = Float64Array.from(placed, (i) => 2 * data[2 * i] * data[2 * i + 1]);
  const best = longestSum(x, y);
  const angle = Math.atan2(best.y, best.x) / 2;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const basis = new Float64Array(2 * w.dims);
  for (let d = 0; d < w.dims; d++) {
    basis[d] = c * rows[d] + s * rows[w.dims + d];
    basis[w.dims + d] = c * rows[w.dims + d] - s * rows[d];
  }
  const parts = [0, 1].map((axis) => ({
    features: placed.flatMap((i, at) => (best.second[at] === axis ? [features[i]] : [])),
    dims: 1,
  }));
  return arrange(w, parts, basis);
}

/** Finds the signs, not all equal, for which the sum of signed vectors is longest. */
function longestSum(x: Float64Array, y: Float64Array): Split {
  const n = x.length;
  // Angles in (0, pi] of the directions orthogonal to each vector, where its sign changes.
  const turns = Float64Array.from(x, (value, i) => {
    const angle = Math.atan2(value, -y[i]);
    return angle > 0 ? angle : angle + Math.PI;
  });
  const order = Array.from(x.keys()).toSorted((i, j) => turns[i] - turns[j]);
  // Signs for the direction just above angle 0.
  const second = Uint8Array.from(x, (value, i) => (value > 0 || (value === 0 && y[i] > 0) ? 0 : 1));
  const sum = { x: 0, y: 0, second: 0 };
  const add = (i: number, times: number): void => {
    sum.x += times * (second[i] === 1 ? -x[i] : x[i]);
    sum.y += times * (second[i] === 1 ? -y[i] : y[i]);
  };
  for (let i = 0; i < n; i++) {
    add(i, 1);
    sum.second += second[i];
  }
  let best = { square: -1, x: 0, y: 0, events: 0, flipped: -1 };
  const consider = (events: number, flipped: number): void => {
    const square = sum.x * sum.x + sum.y * sum.y;
    if (square > best.square) best = { square, x: sum.x, y: sum.y, events, flipped };
  };
  for (let events = 0; events <= n; events++) {
    if (sum.second > 0 && sum.second < n) consider(events, -1);
    else {
      for (let i = 0; i < n; i++) {
        add(i, -2);
        consider(events, i);
        add(i, 2);
      }
    }
    if (events === n) break;
    const turned = order[events];
    add(turned, -2);
    second[turned] = 1 - second[turned];
    sum.second += 2 * second[turned] - 1;
  }
  for (let events = n - 1; events >= best.events; events--) {
    second[order[events]] = 1 - second[order[events]];
  }
  if (best.flipped >= 0) second[best.flipped] = 1 - second[best.flipped];
  // The first vector is on the first axis.
  return second[0] === 0
    ? { second, x: best.x, y: best.y }
    : { second: second.map((side) => 1 - side), x: -best.x, y: -best.y };
}
