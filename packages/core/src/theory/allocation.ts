/**
 * What an allocation does with a feature: nothing (C = 0), a fraction of a dimension (0 < C < 1),
 * or a dimension of its own (C = 1).
 */
export type Phase = 'ignored' | 'partial' | 'full';

/** An allocation of D dimensions to N features, sum C_i = D (arXiv:2210.01892, section 2). */
export interface Allocation {
  /** C_i in [0, 1]. */
  readonly capacity: Float64Array;
  /** n_i = |w_i|^2 of the weights that go with it. */
  readonly squaredNorm: Float64Array;
  /**
   * The marginal benefit -dl_i/dC_i that all partial features share. Where no feature is partial every price
   * in an interval fits; its upper end is given: the least benefit of a feature that is represented.
   */
  readonly price: number;
  /** The loss of this allocation, sum l_i(C_i). */
  readonly loss: number;
  /** The phase of each feature. */
  readonly phase: readonly Phase[];
  /** True where other allocations have the same, optimal, loss. */
  readonly degenerate: boolean;
  /** A proven lower bound on the loss of every allocation, and so of every embedding. */
  readonly bound: number;
  /** (loss - bound) / loss: 0 where `loss` is proven to be the global minimum. */
  readonly gap: number;
}

/** The phase of each capacity. */
export function phases(capacity: Float64Array): Phase[] {
  // A loop: Array.from would walk a million capacities through an iterator.
  const result: Phase[] = [];
  for (let i = 0; i < capacity.length; i++) {
    const c = capacity[i];
    result.push(c <= 0 ? 'ignored' : c >= 1 ? 'full' : 'partial');
  }
  return result;
}
