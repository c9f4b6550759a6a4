import { assertBlock } from './block.ts';
import type { RowProducts, RowProductsOptions } from './row-products.ts';

/** The products in plain TypeScript, all in float64: against which the other is tested. */
export function typescriptRowProducts(options: RowProductsOptions): RowProducts {
  const { dims, count, precision } = options;
  const round = precision === 'float32' ? Math.fround : (x: number): number => x;
  const rows = Float64Array.from(options.rows, round);
  return {
    multiply: (block, features) => {
      assertBlock('rowProducts', block, features, dims);
      const out = new Float64Array(features * count);
      for (let f = 0; f < features; f++) {
        for (let k = 0; k < count; k++) {
          let sum = 0;
          for (let d = 0; d < dims; d++) sum += rows[k * dims + d] * round(block[f * dims + d]);
          out[f * count + k] = sum;
        }
      }
      return out;
    },
  };
}
