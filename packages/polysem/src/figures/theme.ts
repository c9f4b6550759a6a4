/**
 * The colours of the light and the dark theme, and of values.
 *
 * @module
 */
export * from '@polysem/figures/theme';
