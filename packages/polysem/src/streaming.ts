/**
 * Measurements of embeddings that do not fit into memory, with baselines, intervals and geometry.
 *
 * @module
 */
export * from '@polysem/core/streaming';
