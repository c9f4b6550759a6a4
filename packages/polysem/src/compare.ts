/**
 * Comparison of two dictionaries: pairs of features, their cosines beside chance, spans, and changes of capacity.
 *
 * @module
 */
export * from '@polysem/core/compare';
