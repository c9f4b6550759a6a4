/**
 * A pool of worker threads in Node that train, measure and compute phase diagrams.
 *
 * @module
 */
export * from '@polysem/threads/node';
