/**
 * The measuring pipeline of polysem measure: matrices, baselines, neighbours, blocks, by all threads, resumable.
 *
 * @module
 */
export * from '@polysem/runs/measure';
