import { capability } from '@polysem/numerics/wasm';
import {
  checkFloat32Activations,
  float64OnlyActivations,
  type ModelActivations,
} from './check-float32.ts';
import type { Kernel, KernelName } from './kernel.ts';
import { typescriptKernel } from './typescript-kernel.ts';
import { wasmKernel } from './wasm-kernel.ts';

let available: readonly Kernel[] | null = null;

/** Lists the kernels that this JavaScript engine can run, fastest first. */
export function availableKernels(): readonly Kernel[] {
  if (available !== null) return available;
  const can = capability();
  available = [
    ...(can === 'fma' ? [wasmKernel(true)] : []),
    ...(can === 'none' ? [] : [wasmKernel(false)]),
    typescriptKernel,
  ];
  return available;
}

/**
 * Returns the fastest kernel that runs on this JavaScript engine and can train all the given models.
 *
 * @param models models to train. A model whose activation has only float64 code requires the `typescript` kernel.
 * @returns the kernel.
 *
 * @example
 * ```js
 * import { fastestKernel } from 'polysem/kernels';
 * typeof fastestKernel().advance; // 'function'
 * ```
 */
export function fastestKernel(models: readonly ModelActivations[] = []): Kernel {
  const needsFloat64 = models.some((model) => float64OnlyActivations(model).length > 0);
  return needsFloat64 ? typescriptKernel : availableKernels()[0];
}

/**
 * Returns the kernel with the given name.
 *
 * @param name name of the kernel.
 * @param models models to train; each is checked against the kernel.
 * @returns the kernel.
 * @throws RangeError if this JavaScript engine cannot run the kernel, or a WebAssembly kernel is asked to train a model
 * whose activation has only float64 code.
 *
 * @example
 * ```js
 * import { kernelNamed } from 'polysem/kernels';
 * kernelNamed('typescript').name; // 'typescript'
 * ```
 */
export function kernelNamed(name: KernelName, models: readonly ModelActivations[] = []): Kernel {
  const kernels = availableKernels();
  const found = kernels.find((kernel) => kernel.name === name);
  if (found === undefined) {
    throw new RangeError(
      `kernel: this engine cannot run ${name}; use one of ${kernels.map((kernel) => kernel.name).join(', ')}`,
    );
  }
  if (name !== 'typescript') models.forEach(checkFloat32Activations);
  return found;
}
