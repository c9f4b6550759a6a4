import { embedding, type Embedding } from '../embedding.ts';
import { leftSingular } from '../linalg/singular.ts';

/** The pair of features that point most nearly along one line. */
export interface Coherence {
  /** Mutual coherence max_{i != j} |w^_i . w^_j|, in [0, 1]; zero vectors take no part. 0 for fewer than two vectors. */
  readonly coherence: number;
  /** The two features that attain it, or null where there is no pair. */
  readonly pair: readonly [number, number] | null;
}

/** Dimensions between two looks at the bound. */
const STRIDE = 16;
/** Neighbours in each sorted order that the first guess looks at. */
const NEIGHBOURS = 16;

/**
 * Mutual coherence, exactly, over all pairs.
 *
 * Worst case O(N^2 D). Vectors are first written in the principal axes of S, where their length is
 * concentrated in the first coordinates; a pair is given up as soon as the product of its heads plus the
 * largest possible product of its tails (Cauchy-Schwarz) cannot reach the best pair so far.
 *
 * @param onProgress called now and then with the fraction of pairs done.
 */
export function mutualCoherence(w: Embedding, onProgress?: (done: number) => void): Coherence {
  const { indices, units } = unitVectorsInPrincipalAxes(w);
  const { dims, features } = units;
  if (features < 2) return { coherence: 0, pair: null };
  const data = units.data;
  const stops = Math.ceil(dims / STRIDE);
  const tails = tailNorms(units, stops);
  let { best, pair } = firstGuess(units);

  for (let i = 0; i < features; i++) {
    const x = i * dims;
    for (let j = i + 1; j < features; j++) {
      const y = j * dims;
      let dot = 0;
      let stop = 0;
      for (let from = 0; from < dims; from += STRIDE, stop++) {
        const end = Math.min(from + STRIDE, dims);
        for (let d = from; d < end; d++) dot += data[x + d] * data[y + d];
        if (Math.abs(dot) + tails[i * stops + stop] * tails[j * stops + stop] <= best) break;
      }
      if (stop < stops) continue;
      if (Math.abs(dot) > best) {
        best = Math.abs(dot);
        pair = [i, j];
      }
    }
    if (onProgress !== undefined && i % 256 === 0) {
      onProgress(1 - ((features - i) / features) ** 2);
    }
  }
  return { coherence: Math.min(1, best), pair: [indices[pair[0]], indices[pair[1]]] };
}

/**
 * Welch's lower bound on the mutual coherence of N unit vectors in D dimensions,
 * sqrt((N - D) / (D (N - 1))), and 0 for N <= D (Welch 1974).
 */
export function welchBound(features: number, dims: number): number {
  if (features <= dims || features < 2) return 0;
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
  for (let i = 0; i < indices.length; i++) {
    for (let k = 0; k < rank; k++) {
      let t = 0;
      for (let d = 0; d < dims; d++) t += vectors[k * dims + d] * unit.data[i * dims + d];
      turned[i * rank + k] = t;
    }
  }
  return { indices, units: embedding(rank, indices.length, turned) };
}

/** tails[i * stops + s] = norm of vector i behind its first (s + 1) * STRIDE coordinates. */
function tailNorms(units: Embedding, stops: number): Float64Array {
  const { dims, features, data } = units;
  const tails = new Float64Array(features * stops);
  for (let i = 0; i < features; i++) {
    let tail2 = 0;
    for (let s = stops - 1; s >= 0; s--) {
      tails[i * stops + s] = Math.sqrt(tail2);
      const from = s * STRIDE;
      for (let d = Math.min(from + STRIDE, dims) - 1; d >= from; d--)
        tail2 += data[i * dims + d] ** 2;
    }
  }
  return tails;
}

/** A pair that is close in one of the leading principal axes: the better the guess, the fewer pairs survive. */
function firstGuess(units: Embedding): { best: number; pair: [number, number] } {
  const { dims, features, data } = units;
  let best = -1;
  let pair: [number, number] = [0, 1];
  for (let axis = 0; axis < Math.min(dims, 24); axis++) {
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
