/**
 * A comparison of two dictionaries as text, JSON, as a table and as a page.
 *
 * @module
 */
export { comparisonConfiguration, comparisonJson } from './json.ts';
export { describeComparison } from './describe.ts';
export { cosineFigure } from './pictures.ts';
export { pairFiles } from './per-pair.ts';
export { comparisonReport } from './report.ts';
