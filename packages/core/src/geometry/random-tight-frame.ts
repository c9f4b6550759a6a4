import { embedding, type Embedding } from '../embedding/embedding.ts';
import { orthonormaliseRows } from '@polysem/numerics/linalg';
import { fillNormal } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';

/**
 * Draws a random tight frame R, R R^T = I, whose row space is uniform among the subspaces of that dimension. With more
 * features than dimensions it is a single block, since no two features are orthogonal, and its capacities, the squared
 * lengths, differ.
 *
 * @param g random numbers.
 * @param features N, at least `dims`.
 * @param dims D.
 * @returns R, D x N.
 * @throws RangeError unless 1 <= dims <= features, both integers.
 */
export function randomTightFrame(g: Generator, features: number, dims: number): Embedding {
  const frame = embedding(dims, features);
  if (dims > features) {
    throw new RangeError(
      `randomTightFrame: dims must be at most the ${features} features, got ${dims}`,
    );
  }
  const rows = new Float64Array(dims * features);
  fillNormal(g, rows);
  orthonormaliseRows(rows, features);
  for (let d = 0; d < dims; d++) {
    for (let i = 0; i < features; i++) frame.data[i * dims + d] = rows[d * features + i];
  }
  return frame;
}

/**
 * Draws a uniformly random orthogonal matrix (Haar measure): a rotation, with or without a reflection.
 *
 * @param g random numbers.
 * @param dims D.
 * @returns the matrix, D x D, row-major.
 */
export function randomOrthogonal(g: Generator, dims: number): Float64Array {
  const rows = new Float64Array(dims * dims);
  fillNormal(g, rows);
  orthonormaliseRows(rows, dims);
  return rows;
}
