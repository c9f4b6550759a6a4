import type { Kernel, KernelName } from './kernel.ts';
import { typescriptKernel } from './typescript-kernel.ts';
import { wasmKernel } from './wasm-kernel.ts';
import { capability } from '@polysem/numerics/wasm';

let available: readonly Kernel[] | null = null;

/** The kernels that this engine can run, the fastest first. */
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

/** The fastest kernel that this engine can run. */
export function fastestKernel(): Kernel {
  return availableKernels()[0];
}

/** The kernel of a name. @throws RangeError if this engine cannot run it. */
export function kernelNamed(name: KernelName): Kernel {
  const kernels = availableKernels();
  const found = kernels.find((kernel) => kernel.name === name);
  if (found === undefined) {
    throw new RangeError(
      `kernel: this engine cannot run ${name}; use one of ${kernels.map((kernel) => kernel.name).join(', ')}`,
    );
  }
  return found;
}
