import { embedding, type Embedding } from '../embedding/embedding.ts';
import { forEachInBasis } from '../embedding/coordinates.ts';
import { leftSingular } from '../embedding/singular.ts';

/** Mutual coherence, and the pair of features that attains it. */
export interface Coherence {
  /** Mutual coherence max_{i != j} |w^_i . w^_j|, in [0, 1]. Zero vectors are ignored; 0 for fewer than two others. */
  readonly coherence: number;
  /** The two features that attain it, or null where there is no pair. */
  readonly pair: readonly [number, number] | null;
}

/** Leading coordinates, which exclude most pairs. Stored contiguously, so that a tile of them stays in the cache. */
const HEAD = 16;
const TILE = 256;
/** Dimensions that are multiplied between two checks of the bound. */
const STRIDE = 32;
/** Neighbours in each sorted order that the first guess compares. */
const NEIGHBOURS = 16;
/** Principal axes that the first guess sorts features by. */
const GUESSED_AXES = 24;

/**
 * Computes the mutual coherence of an embedding exactly, over all pairs of features.
 *
 * The worst case takes O(N^2 D). Vectors are first written in the principal axes of S, where their length is
 * concentrated in the first coordinates. A pair is abandoned as soon as its partial inner product plus the largest
 * possible rest (Cauchy-Schwarz) cannot exceed the best pair so far.
 *
 * @param w the embedding, D x N.
 * @param onProgress called after each tile with the fraction of pairs that are done.
 * @returns the largest absolute cosine between two features, and their indices.
 * @throws RangeError if W holds a number that is not finite.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { mutualCoherence } from 'polysem/capacity';
 * mutualCoherence(embeddingFromVectors([[1, 0], [3, 4], [0, 0]])); // { coherence: 0.6, pair: [0, 1] }
 * ```
 */
export function mutualCoherence(w: Embedding, onProgress?: (done: number) => void): Coherence {
  const { indices, units } = unitVectorsInPrincipalAxes(w);
  const { dims, features } = units;
  if (features < 2) return { coherence: 0, pair: null };
  const heads = new Float64Array(features * HEAD);
  for (let i = 0; i < features; i++) {
    heads.set(units.data.subarray(i * dims, i * dims + Math.min(HEAD, dims)), i * HEAD);
  }
  const tails = tailNorms(units);
  const checks = tails.length / features;
  let { best, pair } = firstGuess(units);
  const products = new Float64Array(TILE);
  for (let from = 0; from < features; from += TILE) {
    const end = Math.min(from + TILE, features);
    for (let i = 0; i < end; i++) {
      const first = Math.max(from, i + 1);
      headProducts(heads, i, first, end, products);
      const tail = tails[i * checks];
      for (let j = first; j < end; j++) {
        const head = products[j - first];
        if (Math.abs(head) + tail * tails[j * checks] <= best) continue;
        const dot = completeProduct(units, tails, i, j, head, best);
        if (Math.abs(dot) > best) {
          best = Math.abs(dot);
          pair = [i, j];
        }
      }
    }
    onProgress?.((end / features) ** 2);
  }
  return { coherence: Math.min(1, best), pair: [indices[pair[0]], indices[pair[1]]] };
}

/** Inner products of the heads of vector i and of vectors `first` to `end`. Unrolled: this loop takes most of the time. */
function headProducts(
  heads: Float64Array,
  i: number,
  first: number,
  end: number,
  out: Float64Array,
): void {
  const x = i * HEAD;
  const [a0, a1, a2, a3, a4, a5, a6, a7] = heads.subarray(x, x + 8);
  const [b0, b1, b2, b3, b4, b5, b6, b7] = heads.subarray(x + 8, x + 16);
  for (let j = first, y = first * HEAD; j < end; j++, y += HEAD) {
    const even = a0 * heads[y] + a2 * heads[y + 2] + a4 * heads[y + 4] + a6 * heads[y + 6];
    const odd = a1 * heads[y + 1] + a3 * heads[y + 3] + a5 * heads[y + 5] + a7 * heads[y + 7];
    const evenB = b0 * heads[y + 8] + b2 * heads[y + 10] + b4 * heads[y + 12] + b6 * heads[y + 14];
    const oddB = b1 * heads[y + 9] + b3 * heads[y + 11] + b5 * heads[y + 13] + b7 * heads[y + 15];
    out[j - first] = even + odd + (evenB + oddB);
  }
}

/** The complete inner product, or 0 as soon as it cannot exceed `best`. */
// Many parameters because it is called for each pair that its head does not exclude, and an object per call costs time.
function completeProduct(
  { dims, features, data }: Embedding,
  tails: Float64Array,
  i: number,
  j: number,
  head: number,
  best: number,
): number {
  const checks = tails.length / features;
  const x = i * dims;
  const y = j * dims;
  let dot = head;
  for (let d = HEAD, check = 1; d < dims; d += STRIDE, check++) {
    const stop = Math.min(d + STRIDE, dims);
    let even = 0;
    let odd = 0;
    let at = d;
    for (; at + 1 < stop; at += 2) {
      even += data[x + at] * data[y + at];
      odd += data[x + at + 1] * data[y + at + 1];
    }
    if (at < stop) even += data[x + at] * data[y + at];
    dot += even + odd;
    if (Math.abs(dot) + tails[i * checks + check] * tails[j * checks + check] <= best) return 0;
  }
  return dot;
}

/**
 * Welch's lower bound on the mutual coherence of N unit vectors in D dimensions, sqrt((N - D) / (D (N - 1)))
 * (Welch 1974).
 *
 * @param features N.
 * @param dims D.
 * @returns the bound, in [0, 1]; 0 for N <= D.
 * @example
 * ```js
 * import { welchBound } from 'polysem/capacity';
 * welchBound(3, 2); // 0.5
 * ```
 */
export function welchBound(features: number, dims: number): number {
  if (features <= dims) return 0;
  return Math.sqrt((features - dims) / (dims * (features - 1)));
}

function unitVectorsInPrincipalAxes(w: Embedding): { indices: number[]; units: Embedding } {
  const { dims } = w;
  const normalised = new Float64Array(w.data.length);
  const indices: number[] = [];
  for (let i = 0; i < w.features; i++) {
    let largest = 0;
    for (let d = 0; d < dims; d++) largest = Math.max(largest, Math.abs(w.data[i * dims + d]));
    if (largest === 0) continue;
    let norm2 = 0;
    for (let d = 0; d < dims; d++) norm2 += (w.data[i * dims + d] / largest) ** 2;
    const factor = 1 / Math.sqrt(norm2);
    const to = indices.length * dims;
    for (let d = 0; d < dims; d++) normalised[to + d] = (w.data[i * dims + d] / largest) * factor;
    indices.push(i);
  }
  if (indices.length < 2)
    return { indices, units: { dims, features: indices.length, data: normalised } };
  const unit = embedding(dims, indices.length, normalised.subarray(0, indices.length * dims));
  const { rank, vectors } = leftSingular(unit);
  const turned = new Float64Array(indices.length * rank);
  forEachInBasis(unit, vectors, rank, (i, t) => turned.set(t, i * rank));
  return { indices, units: embedding(rank, indices.length, turned) };
}

/** Added to norms of tails: the tail of a unit vector carries the rounding of the whole vector. */
const ROUNDING = 1e-12;

/** Norms of each vector behind its head, and behind each further stride: `checks` numbers per vector. */
function tailNorms({ dims, features, data }: Embedding): Float64Array {
  const checks = 1 + Math.ceil(Math.max(0, dims - HEAD) / STRIDE);
  const tails = new Float64Array(features * checks);
  for (let i = 0; i < features; i++) {
    let tail2 = 0;
    let end = dims;
    for (let check = checks - 1; check >= 0; check--) {
      const from = Math.min(dims, HEAD + check * STRIDE);
      for (let d = from; d < end; d++) tail2 += data[i * dims + d] ** 2;
      end = from;
      tails[i * checks + check] = Math.sqrt(tail2) + ROUNDING;
    }
  }
  return tails;
}

/** A pair that is close in one of the leading principal axes: a good guess excludes more pairs. */
function firstGuess(units: Embedding): { best: number; pair: [number, number] } {
  const { dims, features, data } = units;
  let best = -1;
  let pair: [number, number] = [0, 1];
  for (let axis = 0; axis < Math.min(dims, GUESSED_AXES); axis++) {
    const order = Array.from({ length: features }, (_, i) => i);
    order.sort((i, j) => Math.abs(data[i * dims + axis]) - Math.abs(data[j * dims + axis]));
    for (let a = 0; a < features; a++) {
      for (let b = a + 1; b < Math.min(features, a + NEIGHBOURS); b++) {
        const x = order[a] * dims;
        const y = order[b] * dims;
        let dot = 0;
        for (let d = 0; d < dims; d++) dot += data[x + d] * data[y + d];
        if (Math.abs(dot) > best) {
          best = Math.abs(dot);
          pair = [order[a], order[b]];
        }
      }
    }
  }
  return { best, pair };
}
