/**
 * Sweeps: experiments as data. Documents, their cells, stores, executors, results.
 *
 * @module
 */
export * from '@polysem/runs/sweep';
export * from '@polysem/runs/sweep/results';
export * from '@polysem/runs/sweep/status';
