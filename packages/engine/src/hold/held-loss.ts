import type { Loss } from '../models/loss.ts';

/** A feature whose capacity is held. */
export interface Held {
  /** Index of the feature. */
  readonly feature: number;
  /** Its capacity C, from 0 to 1. */
  readonly capacity: number;
}

/** Sizes of the embedding W at the start of a parameter vector. */
export interface HeldSizes {
  /** N, at least 2. */
  readonly features: number;
  readonly dims: number;
}

/** A loss of free parameters, from which parameters with the held capacity are computed. */
export interface HeldLoss extends Loss {
  /**
   * The parameters of the model at given free parameters. The held feature has exactly its capacity, up to rounding.
   */
  readonly place: (free: Float64Array) => Float64Array;
  /**
   * dL/dC: the change of the loss per dimension of held capacity, at a minimum of the held loss. Null at capacity 0 and 1,
   * where the loss has no two-sided slope.
   */
  readonly slope: (free: Float64Array) => number | null;
}

/**
 * Restricts a loss to parameters at which one feature has a given capacity, without constraints for the optimiser.
 *
 * Write w_i for the held feature, u = w_i / |w_i|, and t_j = u . w_j for the overlap of another feature. Then C_i = |w_i|^2 /
 * (|w_i|^2 + sum_j t_j^2), so that C_i = c means |t| = |w_i| sqrt((1 - c) / c). Any other free weights v_j become weights with
 * that overlap by rescaling their components along u: with s_j = u . v_j,
 *
 *   w_j = v_j + u s_j (|w_i| sqrt((1 - c) / c) / |s| - 1).
 *
 * At c = 1 the others are orthogonal to w_i; at c = 0 the feature is dropped, w_i = 0. Parameters after W are free. Each
 * evaluation costs O(N D) more than the loss.
 *
 * @param loss a loss whose parameters begin with W, feature by feature.
 * @param sizes N and D.
 * @param held the feature and its capacity.
 * @returns the loss of the free parameters, with its gradient. It is infinite where w_i = 0, or no feature overlaps w_i, and
 *   0 < c < 1.
 * @throws RangeError if there are fewer than two features, no such feature, or the capacity is not in [0, 1].
 *
 * @example
 * ```js
 * import { measureCapacity } from 'polysem/capacity';
 * import { embedding } from 'polysem/embedding';
 * import { heldLoss } from 'polysem/hold';
 * import { quadraticExactLoss, standardMoments } from 'polysem/models';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 2, importance: [1, 1] };
 * const loss = quadraticExactLoss(model, standardMoments(9));
 * const held = heldLoss(loss, model, { feature: 0, capacity: 0.75 });
 * const weights = held.place(Float64Array.of(1, 0, 0.2, 1));
 * measureCapacity(embedding(2, 2, weights)).capacity[0]; // 0.75
 * ```
 */
export function heldLoss(loss: Loss, { features, dims }: HeldSizes, held: Held): HeldLoss {
  checkHeld(features, held);
  const frame = frameOf(features, dims, held);
  const placed = new Float64Array(loss.size);
  const pulled = new Float64Array(loss.size);
  return {
    size: loss.size,
    place: (free) => {
      frame.place(free, placed);
      return placed.slice();
    },
    evaluate: (free, gradient) => {
      if (!frame.place(free, placed)) {
        gradient.fill(0);
        return Infinity;
      }
      const value = loss.evaluate(placed, gradient);
      frame.pullBack(free, gradient);
      return value;
    },
    slope: (free) => {
      if (held.capacity === 0 || held.capacity === 1) return null;
      if (!frame.place(free, placed)) return null;
      loss.evaluate(placed, pulled);
      return frame.slope(pulled);
    },
  };
}

/** @throws RangeError as {@link heldLoss}. */
export function checkHeld(features: number, { feature, capacity }: Held): void {
  if (features < 2) {
    throw new RangeError(`hold: needs at least 2 features, got ${features}`);
  }
  if (!Number.isInteger(feature) || feature < 0 || feature >= features) {
    throw new RangeError(
      `hold: feature must be an integer from 0 to ${features - 1}, got ${feature}`,
    );
  }
  if (!(capacity >= 0 && capacity <= 1)) {
    throw new RangeError(
      `hold: the capacity of feature ${feature} must be from 0 to 1, got ${capacity}`,
    );
  }
}

/** The held feature's direction and the overlaps of the others, at the free parameters last placed. */
interface Frame {
  /** Writes the parameters of the model to `placed`; false if they do not exist. */
  readonly place: (free: Float64Array, placed: Float64Array) => boolean;
  /** Turns the gradient at the placed parameters into that of the free ones, in place. */
  readonly pullBack: (free: Float64Array, gradient: Float64Array) => void;
  /** dL/dC from the gradient at the placed parameters. */
  readonly slope: (gradient: Float64Array) => number;
}

// Long because its functions share the direction of the held feature and the overlaps of the others.
function frameOf(features: number, dims: number, { feature, capacity }: Held): Frame {
  const at = feature * dims;
  /** |t|^2 / |w_i|^2. */
  const ratio = (1 - capacity) / capacity;
  const u = new Float64Array(dims);
  /** u . v_j before, and t_j = u . w_j after rescaling. */
  const before = new Float64Array(features);
  const overlap = new Float64Array(features);
  const pull = new Float64Array(dims);
  let length = 0;
  let spread = 0;

  const along = (values: Float64Array, j: number): number => {
    let sum = 0;
    for (let d = 0; d < dims; d++) sum += u[d] * values[j * dims + d];
    return sum;
  };
  const place = (free: Float64Array, placed: Float64Array): boolean => {
    placed.set(free);
    if (capacity === 0) {
      placed.fill(0, at, at + dims);
      return true;
    }
    length = norm(free.subarray(at, at + dims));
    for (let d = 0; d < dims; d++) u[d] = free[at + d] / length;
    for (let j = 0; j < features; j++) before[j] = j === feature ? 0 : along(free, j);
    spread = norm(before);
    if (!(length > 0) || (ratio > 0 && !(spread > 0))) return false;
    const factor = ratio > 0 ? (length * Math.sqrt(ratio)) / spread : 0;
    for (let j = 0; j < features; j++) {
      overlap[j] = before[j] * factor;
      const by = overlap[j] - before[j];
      for (let d = 0; d < dims; d++) placed[j * dims + d] += u[d] * by;
    }
    return true;
  };
  const pullBack = (free: Float64Array, gradient: Float64Array): void => {
    if (capacity === 0) {
      gradient.fill(0, at, at + dims);
      return;
    }
    const factor = ratio > 0 ? (length * Math.sqrt(ratio)) / spread : 0;
    let inLine = 0;
    if (ratio > 0) {
      for (let j = 0; j < features; j++)
        if (j !== feature) inLine += (along(gradient, j) * before[j]) / spread;
    }
    pull.fill(0);
    for (let j = 0; j < features; j++) {
      if (j === feature) continue;
      const slope = along(gradient, j);
      const turned = ratio > 0 ? factor * (slope - (inLine * before[j]) / spread) : 0;
      const by = turned - slope;
      const moved = overlap[j] - before[j];
      for (let d = 0; d < dims; d++) {
        const k = j * dims + d;
        pull[d] += moved * gradient[k] + by * free[k];
        gradient[k] += by * u[d];
      }
    }
    const radial = along(pull, 0);
    const stretch = Math.sqrt(ratio) * inLine;
    for (let d = 0; d < dims; d++)
      gradient[at + d] += stretch * u[d] + (pull[d] - radial * u[d]) / length;
  };
  const slope = (gradient: Float64Array): number => {
    let sum = 0;
    for (let j = 0; j < features; j++) if (j !== feature) sum += along(gradient, j) * overlap[j];
    return -sum / (2 * capacity * (1 - capacity));
  };
  return { place, pullBack, slope };
}

function norm(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] * values[k];
  return Math.sqrt(sum);
}
