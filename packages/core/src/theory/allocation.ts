/**
 * Phase of a feature: `ignored` (C = 0), `partial` (0 < C < 1: a fraction of a dimension) or `full` (C = 1: a dimension of
 * its own).
 */
export type Phase = 'ignored' | 'partial' | 'full';

/** An allocation of D dimensions to N features, sum C_i = D (arXiv:2210.01892, section 2). */
export interface Allocation {
  /** C_i in [0, 1]. */
  readonly capacity: Float64Array;
  /** n_i = |w_i|^2, the optimal squared norms for these capacities. */
  readonly squaredNorm: Float64Array;
  /**
   * The marginal benefit -dl_i/dC_i that all partial features share. Where no feature is partial, every price in an
   * interval is valid; this is its upper end, the smallest marginal benefit of a represented feature.
   */
  readonly price: number;
  /** The loss of this allocation, sum l_i(C_i). */
  readonly loss: number;
  /** The phase of each feature. */
  readonly phase: readonly Phase[];
  /** True where other allocations have the same, optimal loss. */
  readonly degenerate: boolean;
  /** A proven lower bound on the loss of every allocation, and so of every embedding. */
  readonly bound: number;
  /** (loss - bound) / loss: 0 where `loss` is proven to be the global minimum. */
  readonly gap: number;
}

/**
 * The phase of each capacity, without a tolerance: allocations set capacities within `PHASE_TOLERANCE.computed` of 0 or 1
 * to 0 or 1 exactly.
 *
 * @param capacity capacities in [0, 1].
 * @returns one phase per capacity.
 */
export function phases(capacity: Float64Array): Phase[] {
  // A loop, since Array.from is slow for a million capacities.
  const result: Phase[] = [];
  for (let i = 0; i < capacity.length; i++) {
    const c = capacity[i];
    result.push(c <= 0 ? 'ignored' : c >= 1 ? 'full' : 'partial');
  }
  return result;
}
