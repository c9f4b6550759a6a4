import { measureCapacity } from '@polysem/core/capacity';
import { embedding } from '@polysem/core/embedding';
import { generator, normal } from '@polysem/numerics/random';
import { lbfgs, type LbfgsOptions } from '../descent/lbfgs.ts';
import type { Loss } from '../models/loss.ts';
import { heldLoss, type Held, type HeldSizes } from './held-loss.ts';

/** The held feature is lengthened or shortened to reach its capacity in a start by at most this factor. */
const MOST_SCALED = 4;

/** A loss to minimise while one feature keeps its capacity. */
export interface HeldProblem extends HeldSizes {
  /** A loss whose parameters begin with W, feature by feature. */
  readonly loss: Loss;
  /** Null to minimise without holding anything. */
  readonly held: Held | null;
}

/** The best minimum found; plain data. */
export interface HeldOptimum {
  /** Parameters of the model; the held feature has its capacity to about 1e-15. */
  readonly parameters: Float64Array;
  readonly loss: number;
  /** Capacity of each feature. */
  readonly capacity: Float64Array;
  /**
   * dL/dC of the held feature: what one more dimension would cost (positive) or save (negative). Null if nothing is held, or
   * at capacity 0 and 1.
   */
  readonly slope: number | null;
  /** True if the search ended because the gradient or the possible gain vanished, not at its limit of iterations. */
  readonly converged: boolean;
}

/** A feature shorter than this, relative to the root mean square, has no direction to start from. */
const SHORT = 1e-3;
/** Overlaps smaller than this, relative to the root mean square length, are taken for rounding error. */
const NO_OVERLAP = 1e-9;

/**
 * Trains all parameters by L-BFGS while one feature keeps its capacity (see {@link heldLoss}).
 *
 * @param problem the loss, N, D, and what is held.
 * @param starts parameters to start from; they need not have the held capacity. A start in which the held feature has no
 *   length, or overlaps with no other, gets fixed random ones.
 * @param options options of `lbfgs`.
 * @returns the minimum of least loss; null if no start has a finite loss.
 * @throws RangeError as {@link heldLoss}, or if a start has another size than the loss.
 *
 * @example
 * ```js
 * import { minimiseHeld } from 'polysem/hold';
 * import { quadraticExactLoss, standardMoments } from 'polysem/models';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 1, importance: [1, 1] };
 * const loss = quadraticExactLoss(model, standardMoments(9));
 * const hold = (capacity) =>
 *   minimiseHeld({ loss, ...model, held: { feature: 0, capacity } }, [Float64Array.of(1, -1)]);
 * Math.abs(hold(0.5).slope) < 1e-4; // true
 * hold(0.7).loss > hold(0.5).loss; // true
 * ```
 */
export function minimiseHeld(
  problem: HeldProblem,
  starts: readonly Float64Array[],
  options: LbfgsOptions = {},
): HeldOptimum | null {
  const { loss, held, features, dims } = problem;
  const constrained = held === null ? null : heldLoss(loss, problem, held);
  let best: HeldOptimum | null = null;
  for (const start of starts) {
    const first = held === null ? start : ready(start, problem, held);
    const end = lbfgs(constrained ?? loss, first, options);
    if (!Number.isFinite(end.loss) || (best !== null && end.loss >= best.loss)) continue;
    const parameters = constrained === null ? end.parameters : constrained.place(end.parameters);
    const weights = embedding(dims, features, parameters.slice(0, features * dims));
    best = {
      parameters,
      loss: end.loss,
      capacity: measureCapacity(weights).capacity,
      slope: constrained === null ? null : constrained.slope(end.parameters),
      converged: end.stopped === 'gradient' || end.stopped === 'precision',
    };
  }
  return best;
}

/** A start at which the held loss is finite. */
function ready(
  start: Float64Array,
  { features, dims }: HeldSizes,
  { feature, capacity }: Held,
): Float64Array {
  if (capacity === 0) return start;
  const size = features * dims;
  const free = start.slice();
  const g = generator(0);
  const squares = (from: number, to: number): number =>
    free.subarray(from, to).reduce((sum, x) => sum + x * x, 0);
  const typical = Math.sqrt(squares(0, size) / features) || 1;
  const at = feature * dims;
  if (Math.sqrt(squares(at, at + dims)) < SHORT * typical) {
    for (let d = 0; d < dims; d++) free[at + d] = (typical * normal(g)) / Math.sqrt(dims);
  }
  const length = Math.sqrt(squares(at, at + dims));
  const along = (j: number): number => {
    let sum = 0;
    for (let d = 0; d < dims; d++) sum += free[at + d] * free[j * dims + d];
    return sum / length;
  };
  const overlapOf = (): number => {
    let sum = 0;
    for (let j = 0; j < features; j++) if (j !== feature) sum += along(j) ** 2;
    return Math.sqrt(sum);
  };
  if (overlapOf() < NO_OVERLAP * typical) {
    for (let j = 0; j < features; j++) {
      if (j === feature) continue;
      const by = (typical * normal(g)) / length;
      for (let d = 0; d < dims; d++) free[j * dims + d] += by * free[at + d];
    }
  }
  // Another length of the held feature disturbs the others less than other overlaps would.
  const factor = (overlapOf() / length) * Math.sqrt(capacity / (1 - capacity));
  if (factor > 1 / MOST_SCALED && factor < MOST_SCALED)
    for (let d = 0; d < dims; d++) free[at + d] *= factor;
  return free;
}
