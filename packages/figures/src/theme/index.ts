/**
 * The colours of the light and the dark theme, and of values.
 *
 * @module
 */
export { colourScale, type ColourMap, type ColourScale, type ColourSpec } from './colour.ts';
export { PALETTES, type Palette, type Theme } from './theme.ts';
