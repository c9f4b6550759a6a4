import type { RowProducts, RowProductsOptions } from '../kernels.ts';
import type { MatrixLibrary } from '../matrix-library.ts';
import type { Precision } from '../precision.ts';
import { checkVectors, type Vectors } from '../vectors.ts';

/** Inner products by a library. */
export function libraryRowProducts(
  { dims, count, rows, precision }: RowProductsOptions,
  library: MatrixLibrary,
): RowProducts {
  const fixed = { data: inPrecision(rows, precision), stride: dims };
  return {
    multiply: (vectors, vectorCount) => {
      checkVectors(vectors, vectorCount, dims);
      const given = vectors.subarray(0, vectorCount * dims);
      const data = new (precision === 'float32' ? Float32Array : Float64Array)(vectorCount * count);
      if (vectorCount > 0) {
        library.multiplyRows(
          { data: inPrecision(given, precision), stride: dims },
          fixed,
          { data, stride: count },
          { m: vectorCount, n: count, k: dims },
        );
      }
      return Float64Array.from(data);
    },
  };
}

/** Numbers in the format of products: the array itself, or a rounded copy. */
export function inPrecision(numbers: Vectors, precision: Precision): Vectors {
  if (precision === 'float32') {
    return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  }
  return numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);
}
