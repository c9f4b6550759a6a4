/**
 * Sweeps: experiments as data. Documents, their cells, what cells can compute, and where results are kept.
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
export { type ComputationDescription, listComputations } from './cells/list-computations.ts';
export { runCell } from './cells/run-cell.ts';
export type { CellExecutor, ExecutorHooks } from './executor.ts';
export { kubernetesManifest, type KubernetesOptions } from './export/kubernetes.ts';
export { type ScriptFile, type SlurmOptions, slurmScripts } from './export/slurm.ts';
export type { SweepPlan } from './plan.ts';
export { type CellPool, type CellPoolOptions, openCellPool } from './pool/cell-pool.ts';
export { openQueueExecutor, type QueueExecutorOptions } from './queue/queue-executor.ts';
export {
  runQueueWorker,
  type QueueWorkerOptions,
  type WorkerEnd,
  type WorkerEvent,
} from './queue/queue-worker.ts';
export type { Recipe } from './recipes/recipe.ts';
export { recipes } from './recipes/registry.ts';
export { describePlan, type PlanDescription } from './spec/describe-plan.ts';
export { sweepJsonSchema } from './spec/json-schema.ts';
export { parseSweep, type ReadSweep } from './spec/parse-sweep.ts';
export { openSweep, type PlanOptions, planSweep } from './spec/plan-sweep.ts';
export { localExecutor } from './local-executor.ts';
export { planOfFolder, planOfManifest } from './plan-of-folder.ts';
export { runSweep, type SweepProgress, type SweepRunOptions, type SweepSummary } from './run.ts';
export { shardsOf } from './shards.ts';
export type { Manifest } from './store/manifest.ts';
export type { Conflict } from './store/sweep-store.ts';
