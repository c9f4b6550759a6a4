/**
 * Scales, axes and the document around a figure.
 *
 * @module
 */
export * from '@polysem/figures/plot';
