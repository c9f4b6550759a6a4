/**
 * Results of sweeps, read from their folders: cells, tables and checks.
 *
 * @module
 */
export type { ResultAxis, ResultParameter, ResultSeeds } from './axes.ts';
export { checkSweep, type SweepCheck } from './check-sweep.ts';
export { openResults, type SweepResults } from './open-results.ts';
export { sweepTableFiles } from './table-files.ts';
export { firstRows, type TableRows } from './table-rows.ts';
