/**
 * Experiments: runs that resume, the measuring pipeline, reproductions and their claims, timing.
 *
 * @module
 */
export { chooseKernel } from './executor.ts';
export { canonicalJson, identity } from './identity.ts';
export { phaseWork, runPhase, type PhaseDiagram, type TrainedDiagram } from './phase-run.ts';
export { representedFeatures } from './represented-features.ts';
export { encodeTraining, encodeTrainings } from './training-file.ts';
export { runTraining, type TrainingRunOptions } from './training-run.ts';
export { runGrid, runRefinement } from './grid-run.ts';
export {
  openRowRunner,
  type RowRunner,
  type RowRunnerOptions,
  type RunOptions,
} from './run-rows.ts';
export {
  checkTableName,
  notesPath,
  readTableFile,
  tableFiles,
  type OutputFile,
} from './table-file.ts';
