/**
 * Results to SVG, in light and dark.
 *
 * @module
 */
export * from '@polysem/figures';
