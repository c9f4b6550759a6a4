/**
 * Kernels, which train a model on sampled batches: the float64 reference and generated float32 WebAssembly.
 *
 * @module
 */
export { checkFloat32, float64OnlyActivations, type ModelActivations } from './check-float32.ts';
export { fastestKernel, kernelNamed } from './fastest-kernel.ts';
export { type Instance, type Kernel, type KernelName, lossRounding } from './kernel.ts';
export { type CostPart, type MethodCost, type PredictedStep, predictStep } from './predict-step.ts';
export { largeBytes } from './large/large-machine.ts';
export { type LargeShape, teamShape } from './large/large-shape.ts';
export {
  endTeam,
  joinTeam,
  type LargeTeam,
  leadTeam,
  makeTeam,
  type TeamHelper,
} from './large/large-team.ts';
export { typescriptKernel } from './typescript-kernel.ts';
