/**
 * Sweeps: experiments as data. Documents, their cells, and what cells can compute.
 *
 * @module
 */
export {
  type Cell,
  type CellFailure,
  cellId,
  type CellOutcome,
  type CellResult,
  type CellSpec,
  type Json,
  type ResultColumn,
  type ResultValue,
} from './cell.ts';
export type { CellContext } from './cells/computation.ts';
export { runCell } from './cells/run-cell.ts';
export type { CellExecutor, ExecutorHooks } from './executor.ts';
export type { SweepPlan } from './plan.ts';
export { openSweep, type PlanOptions, planSweep } from './spec/plan-sweep.ts';
