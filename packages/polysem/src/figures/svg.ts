/**
 * Markup, text, numbers and pictures of an SVG document.
 *
 * @module
 */
export * from '@polysem/figures/svg';
