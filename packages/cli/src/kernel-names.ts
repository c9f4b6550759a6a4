import type { KernelName } from '@polysem/engine/kernels';

/** Values of `--kernel`. */
export const KERNELS: readonly (KernelName | 'auto')[] = [
  'auto',
  'wasm-fma',
  'wasm-simd',
  'typescript',
];
