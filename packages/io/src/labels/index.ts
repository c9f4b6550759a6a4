/**
 * Names of features from vocabularies and tables.
 *
 * @module
 */
export { labelsOfTable } from './label-column.ts';
export { parseLabels } from './parse-labels.ts';
