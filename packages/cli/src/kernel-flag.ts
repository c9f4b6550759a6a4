import type { KernelName } from '@polysem/engine/kernels';
import { chooseKernel } from '@polysem/runs';
import { parseChoice } from './parse.ts';

/** Values of `--kernel`. */
export const KERNELS: readonly (KernelName | 'auto')[] = [
  'auto',
  'wasm-fma',
  'wasm-simd',
  'typescript',
];

/** The name of the kernel that `--kernel` selects; `auto` selects the fastest that this machine runs. */
export function parseKernel(text: string): KernelName {
  return chooseKernel(parseChoice(text, '--kernel', KERNELS)).name;
}
