/**
 * Hold: training all weights while one feature keeps a given capacity.
 *
 * @module
 */
export * from '@polysem/engine/hold';
