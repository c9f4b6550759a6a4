/**
 * Statistics of features from tables and activations.
 *
 * @module
 */
export { readActivations } from './activation-table.ts';
export {
  checkedColumn,
  DENSITY,
  type FeatureTable,
  IMPORTANCE,
  KURTOSIS,
  requireColumn,
  rowsOfFeatures,
  SCALE,
} from './feature-table.ts';
export { readStatsTable } from './stats-table.ts';
