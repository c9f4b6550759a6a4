export { labelsOfTable } from './label-column.ts';
export { parseLabels } from './parse-labels.ts';
