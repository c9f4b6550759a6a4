/**
 * Distances from 0 and 1 within which a capacity counts as 0 (ignored) or 1 (full), by where the capacity comes from. These
 * are the only cut-offs for phases.
 */
export const PHASE_TOLERANCE = {
  /** Computed allocations and constructed embeddings: only rounding separates a capacity from 0 or 1. */
  computed: 1e-12,
  /** Weights during training: features of blocks and their dynamics. */
  trained: 0.01,
  /** Networks trained to convergence, whose capacities a claim compares with theory. */
  converged: 1e-3,
  /** Cells of phase diagrams: restarts differ, and only the phase is of interest. */
  diagram: 0.1,
} as const;
