/**
 * Kernels that train one model on batches: the float64 reference and generated WebAssembly.
 *
 * @module
 */
export { fastestKernel, kernelNamed } from './fastest-kernel.ts';
export { checkFloat32Range } from './float32-range.ts';
export { type Instance, type Kernel, type KernelName, lossRounding } from './kernel.ts';
export { typescriptKernel } from './typescript-kernel.ts';
