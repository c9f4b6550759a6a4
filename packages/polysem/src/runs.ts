/**
 * Experiments in Node: training and phase diagrams that resume, statistics and geometry from files.
 *
 * @module
 */
export * from '@polysem/runs';
export * from '@polysem/runs/audit';
export * from '@polysem/runs/geometry';
export * from '@polysem/runs/parameters';
export * from '@polysem/runs/store';
export * from '@polysem/runs/usage-error';
