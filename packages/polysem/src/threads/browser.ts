/**
 * A pool of workers in a page that train, measure and compute phase diagrams.
 *
 * @module
 */
export * from '@polysem/threads/browser';
