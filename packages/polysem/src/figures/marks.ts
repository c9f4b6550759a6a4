/**
 * Parts of figures that draw themselves over the axes of a plot; every figure is composed of them.
 *
 * @module
 */
export * from '@polysem/figures/marks';
