/**
 * The figures and claims of arXiv:2210.01892, recomputed.
 *
 * @module
 */
export * from '@polysem/runs/reproduce';
