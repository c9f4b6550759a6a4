/**
 * The measuring pipelines of polysem measure and polysem compare: matrices, baselines, neighbours, blocks, by all threads,
 * resumable.
 *
 * @module
 */
export * from '@polysem/runs/measure';
export * from '@polysem/runs/compare';
