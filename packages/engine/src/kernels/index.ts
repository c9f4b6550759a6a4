export { fastestKernel, kernelNamed } from './fastest-kernel.ts';
export { checkFloat32Range } from './float32-range.ts';
export { type Instance, type Kernel, type KernelName, lossRounding } from './kernel.ts';
export { typescriptKernel } from './typescript-kernel.ts';
