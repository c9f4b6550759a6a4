/**
 * The most used functions of toy models: losses, training, phase diagrams. Each folder exports more under its
 * own path.
 *
 * @module
 */
export type { Activation } from './activations/registry.ts';
export type {
  CompressionModel,
  ComputationModel,
  ToyModel,
  VectorComputationModel,
} from './models/toy-model.ts';
export { trainingDefaults, type Optimiser, type TrainingSpec } from './training/training-spec.ts';
export { train } from './training/train.ts';
export { trainMany } from './training/train-many.ts';
export type { DivergedTraining, TrainingResult } from './training/result.ts';
export type { Executor } from './training/executor.ts';
export { fastestKernel, kernelNamed } from './kernels/fastest-kernel.ts';
export type { Kernel, KernelName } from './kernels/kernel.ts';
export type { PhaseSpec } from './phase/phase-spec.ts';
export { planPhase } from './phase/plan-phase.ts';
export { phaseRow } from './phase/phase-row.ts';
export type { GridSpec } from './phase/grid-spec.ts';
export { contourLines } from './phase/contours.ts';
