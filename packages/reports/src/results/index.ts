/**
 * Reads back the results that the command line writes as JSON or beside weights.
 *
 * @module
 */
export { type ComparedResult, parseComparison } from './compared-result.ts';
export { completeModel } from './complete-model.ts';
export type { MeasuredFigures, MeasuredResult } from './measured-result.ts';
export { parseResult } from './parse-result.ts';
export type { GridResult, PhaseResult } from './phase-result.ts';
export type { Reach } from './reach.ts';
export type { ResultFile } from './result-file.ts';
export type { TrainedPoint, TrainedResult } from './trained-result.ts';
export { readTrained } from './trained-tensors.ts';
