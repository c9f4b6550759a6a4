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

/** The kernels that this JavaScript engine can run, fastest first. */
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
 * The fastest kernel that this JavaScript engine can run and that can train some models.
 *
 * @param models models to train. Those with an activation that has float64 code only need the `typescript` kernel.
 * @returns the kernel.
 *
 * @example
 * ```js
 * import { fastestKernel } from '@polysem/engine/kernels';
 * typeof fastestKernel().advance; // 'function'
 * ```
 */
export function fastestKernel(models: readonly ModelActivations[] = []): Kernel {
  const needsFloat64 = models.some((model) => float64OnlyActivations(model).length > 0);
  return needsFloat64 ? typescriptKernel : availableKernels()[0];
}

/**
 * The kernel with a given name.
 *
 * @param name the name.
 * @param models models to train, which are checked.
 * @returns the kernel.
 * @throws RangeError if this JavaScript engine cannot run the kernel, or the kernel cannot train a model because an
 * activation has float64 code only.
 *
 * @example
 * ```js
 * import { kernelNamed } from '@polysem/engine/kernels';
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
