/**
 * Markup, text, numbers and pictures of an SVG document.
 *
 * @module
 */
export { dataUri } from './base64.ts';
export { encodePng } from './png.ts';
export { formatNumber } from './format.ts';
export { element, escapeText, fragment, type Attributes, type Markup, type Point } from './svg.ts';
export { textLine, type TextStyle } from './text.ts';
