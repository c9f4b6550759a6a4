import { orthonormaliseRows } from '@polysem/numerics/linalg';
import fc from 'fast-check';
import { compareFeatures, type CompareOptions, type Comparison } from '@polysem/core/compare';
import { embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';

export const compare = (
  a: Embedding,
  b: Embedding,
  options: CompareOptions = {},
  ...workers: Parameters<typeof compareFeatures>[3][]
): Promise<Comparison> =>
  compareFeatures(embeddingSource(a, 'A'), embeddingSource(b, 'B'), options, ...workers);

/** Vectors as plain lists. */
export const rowsOf = ({ dims, features, data }: Embedding): number[][] =>
  Array.from({ length: features }, (_, i) => [...data.subarray(i * dims, (i + 1) * dims)]);

/** Cosines by the definition; 0 for zero vectors. */
export function cosinesOf(a: Embedding, b: Embedding): number[][] {
  const units = [a, b].map((w) => rowsOf(w).map((v) => v.map((x) => x / (Math.hypot(...v) || 1))));
  return units[0].map((u) => units[1].map((v) => sum(u.map((x, d) => x * v[d]))));
}

export function permuted(w: Embedding, order: ArrayLike<number>): Embedding {
  const rows = rowsOf(w);
  return embeddingFromVectors(Array.from(order, (i) => rows[i]));
}

export const range = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** A random orthogonal matrix, row by row. */
export function orthogonal(dims: number, seed: number): Float64Array {
  const q = gaussianEmbedding(dims, dims, seed).data as Float64Array;
  orthonormaliseRows(q, dims);
  return q;
}

export const turned = (w: Embedding, q: Float64Array): Embedding =>
  embeddingFromVectors(
    rowsOf(w).map((v) => v.map((_, k) => sum(v.map((x, d) => q[k * w.dims + d] * x)))),
  );

/** A cosine in float64 has an error of at most (D + 4) roundings: D products and sums, two lengths. */
export const rounding = (dims: number): number => (dims + 4) * Number.EPSILON;

/** Matched cosines are float32 when the assignment is chosen, so its sum may miss the best by this much per pair. */
export const FLOAT32 = 2 ** -22;

export const sizes = fc.record({
  dims: fc.integer({ min: 1, max: 12 }),
  features: fc.integer({ min: 1, max: 30 }),
  seed: fc.nat(),
});
