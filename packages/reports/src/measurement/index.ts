/**
 * A measurement as text, as a table and as a page.
 *
 * @module
 */
export { describeMatrix, takenFrom } from './describe.ts';
export { capacityFigure } from './pictures.ts';
export { featureFiles } from './per-feature.ts';
export { measureReport } from './report.ts';
