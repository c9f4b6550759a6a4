/**
 * A geometry as text, JSON and figures.
 *
 * @module
 */
export { geometryText, geometryJson } from './describe.ts';
export { geometryFigures } from './pictures.ts';
