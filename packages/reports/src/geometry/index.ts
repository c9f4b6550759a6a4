/**
 * A geometry as text, JSON and figures.
 *
 * @module
 */
export { describeForPeople, geometryJson } from './describe.ts';
export { geometryFigures } from './pictures.ts';
