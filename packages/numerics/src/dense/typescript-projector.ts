import { checkVectors } from './vectors.ts';
import type { Projector, ProjectorOptions } from './kernels.ts';

/** The projection in plain TypeScript, in float64: the reference for the WebAssembly version. */
export function typescriptProjector(options: ProjectorOptions): Projector {
  const { dims, rank, precision } = options;
  const rounded = (values: ArrayLike<number>, from: number, count: number): Float64Array => {
    const out = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      out[i] = precision === 'float32' ? Math.fround(values[from + i]) : values[from + i];
    }
    return out;
  };
  const basis = rounded(options.basis, 0, rank * dims);
  const weights = options.weights.map((list) => list.slice());
  let isClosed = false;
  return {
    close: () => {
      isClosed = true;
    },
    measure: (vectors, count) => {
      if (isClosed) throw new Error('projector: nothing can be measured after close');
      checkVectors(vectors, count, dims);
      const norm = new Float64Array(count);
      const resolved = new Float64Array(count);
      const fourth = new Float64Array(count);
      const weighted = weights.map(() => new Float64Array(count));
      for (let f = 0; f < count; f++) {
        const w = rounded(vectors, f * dims, dims);
        for (let d = 0; d < dims; d++) norm[f] += w[d] * w[d];
        for (let k = 0; k < rank; k++) {
          let t = 0;
          for (let d = 0; d < dims; d++) t += basis[k * dims + d] * w[d];
          const square = t * t;
          resolved[f] += square;
          fourth[f] += square * square;
          for (let list = 0; list < weights.length; list++) {
            weighted[list][f] += weights[list][k] * square;
          }
        }
      }
      return { norm, resolved, weighted, fourth };
    },
  };
}
