import type { KernelName } from '@polysem/engine/kernels';
import { chooseKernel } from '@polysem/runs';
import { parseChoice } from './parse.ts';

/** What `--kernel` may name. */
export const KERNELS: readonly (KernelName | 'auto')[] = [
  'auto',
  'wasm-fma',
  'wasm-simd',
  'typescript',
];

/** The kernel that `--kernel` names, by the name of the one that this machine then runs. */
export function parseKernel(text: string): KernelName {
  return chooseKernel(parseChoice(text, '--kernel', KERNELS)).name;
}
