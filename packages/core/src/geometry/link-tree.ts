import { rowProducts } from '@polysem/numerics/dense';
import { WEBASSEMBLY_FROM } from '../embedding/coordinates.ts';
import type { Embedding } from '../embedding/embedding.ts';
import { linking, type LinkTree } from './linking.ts';

/** Products per chunk of features: 4 MB. */
const PRODUCTS_PER_CHUNK = 2 ** 19;

/**
 * Builds the single-linkage tree of the similarities s_ij = |w_i . w_j| / sqrt(n_i + n_j). Where w_i and w_j are orthogonal and
 * every entry of W has independent noise, the standard deviation of s_ij is that of the noise.
 *
 * With more features than `allPairs`, only pairs that contain a pilot are compared: O(N D pilots) time and O(N + pilots^2)
 * memory. Without noise this gives the same connected components as all pairs, if the pilots of each component span its space.
 * Proof: suppose that pilots P1 and P2 of one component are in parts A1 and A2 that no pair with a pilot links. Then A1 is
 * orthogonal to P2 and A2 to P1. So P1 and P2 span orthogonal spaces whose sum is the space of the component, A1 lies in the
 * first and A2 in the second, and no pair links them.
 *
 * The first pilots, three quarters of `allPairs`, are drawn at random. Then the features with the weakest links become pilots,
 * until no weaker links are found.
 *
 * @param w the embedding, without zero vectors.
 * @param seed seed for choosing pilots.
 */
export function linkTree(
  w: Embedding,
  squaredNorm: Float64Array,
  allPairs?: number,
  seed?: number,
): LinkTree {
  const rounds = linking(squaredNorm, { allPairs, seed });
  for (;;) {
    const { done, value } = rounds.next();
    if (done === true) return value;
    const { pilots, visit } = value;
    const rows = new Float64Array(pilots.length * w.dims);
    pilots.forEach((i, k) => rows.set(w.data.subarray(i * w.dims, (i + 1) * w.dims), k * w.dims));
    if (w.features * rows.length < WEBASSEMBLY_FROM) forEachProducts(w, rows, pilots.length, visit);
    else multiplyAll(w, rows, pilots.length, visit);
  }
}

type Visit = (i: number, products: Float64Array, from?: number) => void;

/** Does what {@link forEachProducts} does, in WebAssembly, for chunks of features. */
function multiplyAll(
  { dims, features, data }: Embedding,
  rows: Float64Array,
  count: number,
  visit: Visit,
): void {
  const kernel = rowProducts({ dims, count, rows, precision: 'float64' });
  const size = Math.max(1, Math.floor(PRODUCTS_PER_CHUNK / count));
  for (let first = 0; first < features; first += size) {
    const taken = Math.min(size, features - first);
    const products = kernel.multiply(data.subarray(first * dims, (first + taken) * dims), taken);
    for (let f = 0; f < taken; f++) visit(first + f, products, f * count);
  }
}

/** Calls `visit` with the inner products of each feature with each of the rows. The array is reused. */
function forEachProducts(w: Embedding, rows: Float64Array, count: number, visit: Visit): void {
  const { dims, features, data } = w;
  const chunk = new Float64Array(4 * dims);
  const out = Array.from({ length: 4 }, () => new Float64Array(count + 1));
  const [o0, o1, o2, o3] = out;
  const padded = new Float64Array((count + 1) * dims);
  padded.set(rows);
  for (let from = 0; from < features; from += 4) {
    const taken = Math.min(4, features - from);
    chunk.set(data.subarray(from * dims, (from + taken) * dims));
    for (let k = 0; k < count; k += 2) {
      const x = k * dims;
      const y = x + dims;
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let d = 0; d < dims; d++) {
        const p = padded[x + d];
        const q = padded[y + d];
        const w0 = chunk[d];
        const w1 = chunk[dims + d];
        const w2 = chunk[2 * dims + d];
        const w3 = chunk[3 * dims + d];
        a0 += p * w0;
        a1 += p * w1;
        a2 += p * w2;
        a3 += p * w3;
        b0 += q * w0;
        b1 += q * w1;
        b2 += q * w2;
        b3 += q * w3;
      }
      o0[k] = a0;
      o1[k] = a1;
      o2[k] = a2;
      o3[k] = a3;
      o0[k + 1] = b0;
      o1[k + 1] = b1;
      o2[k + 1] = b2;
      o3[k + 1] = b3;
    }
    for (let f = 0; f < taken; f++) visit(from + f, out[f]);
  }
}
