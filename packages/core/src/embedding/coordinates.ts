import { rowProducts } from '@polysem/numerics/dense';
import type { Embedding } from './embedding.ts';

/** Multiply-adds from which on products of an embedding are computed in WebAssembly. */
export const WEBASSEMBLY_FROM: number = 2 ** 27;
/** Coordinates per chunk of features: 4 MB. */
const COORDINATES_PER_CHUNK = 2 ** 19;

/**
 * Calls `visit` with the coordinates t = U^T w_i of each feature in an orthonormal basis. O(N D rank), in WebAssembly for
 * large matrices; the last bits then depend on whether the engine rounds multiply-adds once.
 *
 * @param w the embedding, D x N.
 * @param basis U^T: orthonormal rows, rank x D.
 * @param rank number of rows.
 * @param visit called with the index and the coordinates of each feature. The array is reused.
 */
export function forEachInBasis(
  w: Embedding,
  basis: Float64Array,
  rank: number,
  visit: (i: number, coordinates: Float64Array) => void,
): void {
  const { dims, features, data } = w;
  if (features * dims * rank >= WEBASSEMBLY_FROM) {
    forEachChunkInBasis(w, basis, rank, visit);
    return;
  }
  // Four vectors per pass: four independent sums, and each entry of the basis is read once for them.
  const chunk = new Float64Array(4 * dims);
  const out = Array.from({ length: 4 }, () => new Float64Array(rank));
  const [o0, o1, o2, o3] = out;
  for (let first = 0; first < features; first += 4) {
    const count = Math.min(4, features - first);
    chunk.set(data.subarray(first * dims, (first + count) * dims));
    for (let k = 0; k < rank; k++) {
      const row = k * dims;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let d = 0; d < dims; d++) {
        const u = basis[row + d];
        t0 += u * chunk[d];
        t1 += u * chunk[dims + d];
        t2 += u * chunk[2 * dims + d];
        t3 += u * chunk[3 * dims + d];
      }
      o0[k] = t0;
      o1[k] = t1;
      o2[k] = t2;
      o3[k] = t3;
    }
    for (let f = 0; f < count; f++) visit(first + f, out[f]);
  }
}

/** Does what {@link forEachInBasis} does, in WebAssembly, for chunks of features. */
function forEachChunkInBasis(
  { dims, features, data }: Embedding,
  basis: Float64Array,
  rank: number,
  visit: (i: number, coordinates: Float64Array) => void,
): void {
  const rows = basis.subarray(0, rank * dims);
  const kernel = rowProducts({ dims, count: rank, rows, precision: 'float64' });
  const size = Math.max(1, Math.floor(COORDINATES_PER_CHUNK / rank));
  for (let first = 0; first < features; first += size) {
    const taken = Math.min(size, features - first);
    const products = kernel.multiply(data.subarray(first * dims, (first + taken) * dims), taken);
    for (let f = 0; f < taken; f++) visit(first + f, products.subarray(f * rank, (f + 1) * rank));
  }
}
