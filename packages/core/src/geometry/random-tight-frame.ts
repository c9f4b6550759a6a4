import { embedding, type Embedding } from '../embedding/embedding.ts';
import { orthonormaliseRows } from '@polysem/numerics/linalg';
import { fillNormal } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';

/**
 * A random tight frame R, dims x features with R R^T = I: its row space is uniform over all of that dimension. Generic: with
 * more features than dimensions no two features are orthogonal, so that it is one block, and its capacities, the
 * squared lengths, differ.
 *
 * @throws RangeError unless 1 <= dims <= features, both integers.
 */
export function randomTightFrame(features: number, dims: number, g: Generator): Embedding {
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

/** A random rotation or reflection of D dimensions, uniform (Haar), row-major: its rows are orthonormal. */
export function randomOrthogonal(dims: number, g: Generator): Float64Array {
  const rows = new Float64Array(dims * dims);
  fillNormal(g, rows);
  orthonormaliseRows(rows, dims);
  return rows;
}
