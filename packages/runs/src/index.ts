/**
 * Experiments: runs that resume, the measuring pipeline, reproductions and their claims, timing.
 *
 * @module
 */
export { interleave, spread, type Contender, type Spread } from './bench/interleave.ts';
export { describeMachine, machineFacts, type MachineFacts } from './bench/machine.ts';
export { openWorkload, TIMED_SEED, type OpenWorkload } from './bench/open-workload.ts';
export {
  trainingTimes,
  type TrainingTime,
  type TrainingTimesOptions,
} from './bench/training-times.ts';
export { workload, workloadSummary, type Workload, type WorkloadSizes } from './bench/workload.ts';
export { chooseWorkloads, workloads } from './bench/workloads.ts';
export { boundaries, type Boundary } from './boundaries.ts';
export { chooseKernel } from './executor.ts';
export { canonicalJson, identity } from './identity.ts';
export { runPhase, type PhaseDiagram, type RunOptions, type TrainedDiagram } from './phase-run.ts';
export type { Claim } from './reproduce/claim.ts';
export { figure2, figure2Claims, type Figure2 } from './reproduce/figure2.ts';
export {
  figure4,
  figure4SampledSpec,
  figure4Spec,
  insetResult,
  insets,
  type Figure4,
  type Inset,
  type InsetResult,
} from './reproduce/figure4.ts';
export { figure4Claims } from './reproduce/figure4-claims.ts';
export {
  equalImportanceClaims,
  exampleClaims,
  exampleNetwork,
  type ExampleNetwork,
} from './reproduce/example-network.ts';
export { runTraining, type TrainingRunOptions } from './training-run.ts';
export { openRowTrainer, runGrid, runRefinement, type RowTrainer } from './grid-run.ts';
export { figure7Claims } from './reproduce/figure7/claims.ts';
export { describeConvention, panelSpec } from './reproduce/figure7/conventions.ts';
export { figure7, type Figure7 } from './reproduce/figure7/figure7.ts';
export type { Figure7PanelResult } from './reproduce/figure7/panel-result.ts';
export { explainMisses, type Miss } from './reproduce/figure7/misses.ts';
export { isOfPanel, publishedCrossings } from './reproduce/figure7/published.ts';
export {
  kurtosisAndDensity,
  kurtosisAndDensityClaims,
  type KurtosisAndDensity,
  type SharingWidth,
} from './reproduce/kurtosis-and-density.ts';
export {
  fullGeometry,
  geometry,
  geometryClaims,
  quickGeometry,
  type Geometry,
  type GeometrySize,
} from './reproduce/geometry/geometry.ts';
export type { ArchitectureRow } from './reproduce/geometry/architectures.ts';
export type { Mean, Structure } from './reproduce/geometry/block-census.ts';
export type { Figure5 } from './reproduce/geometry/figure5.ts';
export type { MeasuredArrangement } from './reproduce/geometry/figure6.ts';
export type { NeuronMixing } from './reproduce/geometry/neuron-mixing.ts';
export type { OneEigenspace } from './reproduce/geometry/one-eigenspace.ts';
export type { TrainingDynamics } from './reproduce/geometry/training-dynamics.ts';
export { isWritable, journalPath } from './journal-path.ts';
export { openStore, type RunStore } from './store/run-store.ts';
export { checkTableName, columnPieces, readTableFile } from './table-file.ts';
export { UsageError } from './usage-error.ts';
