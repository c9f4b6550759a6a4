import { checkVectors } from './vectors.ts';
import type { RowProducts, RowProductsOptions } from './kernels.ts';

/** The products in plain TypeScript, in float64: the reference for the WebAssembly version. */
export function typescriptRowProducts(options: RowProductsOptions): RowProducts {
  const { dims, count, precision } = options;
  const round = precision === 'float32' ? Math.fround : (x: number): number => x;
  const rows = Float64Array.from(options.rows, round);
  return {
    multiply: (vectors, vectorCount) => {
      checkVectors(vectors, vectorCount, dims);
      const out = new Float64Array(vectorCount * count);
      for (let f = 0; f < vectorCount; f++) {
        for (let k = 0; k < count; k++) {
          let sum = 0;
          for (let d = 0; d < dims; d++) sum += rows[k * dims + d] * round(vectors[f * dims + d]);
          out[f * count + k] = sum;
        }
      }
      return out;
    },
  };
}
