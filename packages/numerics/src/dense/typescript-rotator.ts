import type { Rotator, RotatorOptions } from './kernels.ts';
import { checkVectors } from './vectors.ts';

/** The rotation in plain TypeScript: the reference for the WebAssembly version. */
export function typescriptRotator({ dims, basis }: RotatorOptions): Rotator {
  return (vectors, count) => {
    checkVectors(vectors, count, dims);
    const out = new Float64Array(count * dims);
    for (let i = 0; i < count * dims; i += dims) {
      for (let k = 0; k < dims; k++) {
        let sum = 0;
        for (let d = 0; d < dims; d++) sum += basis[k * dims + d] * vectors[i + d];
        out[i + k] = sum;
      }
    }
    return out;
  };
}
