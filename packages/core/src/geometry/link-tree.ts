import { rowProducts } from '@polysem/numerics/dense';
import type { Embedding } from '../embedding/embedding.ts';
import { linking } from './linking.ts';

/** The single-linkage tree of similarities, strongest links that join everything, weakest first. */
export interface LinkTree {
  /** Links in ascending order of height: link e joins features `a[e]` and `b[e]`; one fewer than features. */
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly height: Float64Array;
  /** Features that were compared with all others; all of them in a small matrix. */
  readonly pilots: Int32Array;
  /** Similarities among pilots, pilots x pilots, symmetric, diagonal 0. */
  readonly among: Float64Array;
}

/** From so many multiply-adds on, products are left to WebAssembly. */
const WORTH = 2 ** 27;
/** Products that are computed at once: 4 MB. */
const AT_ONCE = 2 ** 19;

/**
 * Single linkage of the similarities s_ij = |w_i . w_j| / sqrt(n_i + n_j), which have the standard deviation of the noise
 * where w_i and w_j are orthogonal and every entry of W has independent noise.
 *
 * With more features than `allPairs`, only pairs with a pilot are looked at: O(N D pilots) time, O(N + pilots^2) memory.
 * Without noise that gives the same connected components as all pairs, provided the pilots span the space of each: if
 * pilots P1 and P2 of one component were in parts A1 and A2 not linked by any pair with a pilot, then A1 is orthogonal
 * to P2 and A2 to P1; so P1 and P2 span orthogonal spaces that make up the component's, A1 lies in that of P1, A2 in
 * that of P2, and no pair links them at all. The first pilots, three quarters of `allPairs`, are drawn at random; then the features least linked to
 * any become pilots too, until that no longer finds weaker ones.
 *
 * @param w no zero vectors.
 * @param seed of the choice of pilots.
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
    if (w.features * rows.length < WORTH) forEachProducts(w, rows, pilots.length, visit);
    else multiplyAll(w, rows, pilots.length, visit);
  }
}

type Visit = (i: number, products: Float64Array, from?: number) => void;

/** As {@link forEachProducts}, by blocks of features. */
function multiplyAll(
  { dims, features, data }: Embedding,
  rows: Float64Array,
  count: number,
  visit: Visit,
): void {
  const kernel = rowProducts({ dims, count, rows, precision: 'float64' });
  const size = Math.max(1, Math.floor(AT_ONCE / count));
  for (let first = 0; first < features; first += size) {
    const taken = Math.min(size, features - first);
    const products = kernel.multiply(data.subarray(first * dims, (first + taken) * dims), taken);
    for (let f = 0; f < taken; f++) visit(first + f, products, f * count);
  }
}

/** Inner products of every feature with each of the rows; the array handed over is used again. */
function forEachProducts(w: Embedding, rows: Float64Array, count: number, visit: Visit): void {
  const { dims, features, data } = w;
  const block = new Float64Array(4 * dims);
  const out = Array.from({ length: 4 }, () => new Float64Array(count + 1));
  const [o0, o1, o2, o3] = out;
  const padded = new Float64Array((count + 1) * dims);
  padded.set(rows.subarray(0, count * dims));
  for (let from = 0; from < features; from += 4) {
    const taken = Math.min(4, features - from);
    block.set(data.subarray(from * dims, (from + taken) * dims));
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
        const w0 = block[d];
        const w1 = block[dims + d];
        const w2 = block[2 * dims + d];
        const w3 = block[3 * dims + d];
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
