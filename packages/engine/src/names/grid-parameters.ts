/**
 * A parameter that can vary along an axis of a grid. `importance` is that of the first feature; all
 * others have importance 1.
 */
export type GridParameter = 'importance' | 'density' | 'kurtosis' | 'dims' | 'features';

/** All grid parameters, in the order in which they are listed to users. */
export const gridParameters: readonly GridParameter[] = [
  'importance',
  'density',
  'kurtosis',
  'dims',
  'features',
];
