/**
 * Experiments: runs that resume, the measuring pipeline, reproductions and their claims, timing.
 *
 * @module
 */
export { boundaries, type Boundary } from './boundaries.ts';
export { chooseKernel } from './executor.ts';
export { canonicalJson, identity } from './identity.ts';
export { runPhase, type PhaseDiagram, type RunOptions, type TrainedDiagram } from './phase-run.ts';
export { runTraining, type TrainingRunOptions } from './training-run.ts';
export { openRowTrainer, runGrid, runRefinement, type RowTrainer } from './grid-run.ts';
export { checkTableName, columnPieces, readTableFile } from './table-file.ts';
