import { embedding, type Embedding } from '../embedding/embedding.ts';
import { PHASE_TOLERANCE } from '../theory/phase-tolerance.ts';

/** Tolerance for the sum of capacities of a block to be an integer, per feature. */
const INTEGER_TOLERANCE = 1e-9;
/** Partial features whose gammas differ by less, relatively, share one gamma. */
const EQUAL_GAMMA = 1e-7;

/**
 * Builds an efficient embedding, sum C_i = D, with given capacities and squared norms (arXiv:2210.01892, section 4.3,
 * theorems 1 and 2). Features with C = 1 get an axis of their own, features with C = 0 are zero vectors, and partial features
 * with a common gamma = n / C form one tight frame sqrt(gamma) R, R R^T = I. Such an embedding exists if and only if the
 * capacities of each gamma sum to an integer. Capacities that sum to less than D leave the last dimensions empty. O(N D).
 *
 * @param capacity C_i in [0, 1], with a whole sum of at most D.
 * @param squaredNorm n_i = |w_i|^2, positive where C_i > 0; not used where C_i = 0.
 * @param dims D.
 * @returns the embedding, D x N.
 * @throws RangeError if no such embedding exists, naming the features.
 * @example
 * ```js
 * import { efficientEmbedding } from 'polysem/geometry';
 * efficientEmbedding([1, 0.5, 0.5], [4, 1, 1], 2).data; // [2, 0, 0, 1.000, 0, -1.000]
 * ```
 */
export function efficientEmbedding(
  capacity: ArrayLike<number>,
  squaredNorm: ArrayLike<number>,
  dims: number,
): Embedding {
  const features = capacity.length;
  if (squaredNorm.length !== features) {
    throw new RangeError(
      `efficientEmbedding: ${features} capacities but ${squaredNorm.length} squared norms`,
    );
  }
  const result = embedding(dims, features);
  let axis = 0;
  const partial: number[] = [];
  for (let i = 0; i < features; i++) {
    const c = capacity[i];
    if (!(c >= 0 && c <= 1))
      throw new RangeError(`efficientEmbedding: feature ${i} has capacity ${c}, outside [0, 1]`);
    if (c < PHASE_TOLERANCE.computed) continue;
    if (!(squaredNorm[i] > 0 && squaredNorm[i] < Infinity)) {
      throw new RangeError(
        `efficientEmbedding: feature ${i} has capacity ${c} but squared norm ${squaredNorm[i]}`,
      );
    }
    if (c <= 1 - PHASE_TOLERANCE.computed) partial.push(i);
    else if (axis < dims) result.data[i * dims + axis++] = Math.sqrt(squaredNorm[i]);
    else throw new RangeError(`efficientEmbedding: the capacities sum to more than ${dims}`);
  }
  for (const block of groupByGamma(partial, capacity, squaredNorm)) {
    const sum = block.reduce((total, i) => total + capacity[i], 0);
    const blockDims = Math.round(sum);
    if (Math.abs(sum - blockDims) > INTEGER_TOLERANCE * block.length || blockDims === 0) {
      throw new RangeError(
        `efficientEmbedding: features ${block.slice(0, 5).join(', ')}${block.length > 5 ? ', ..' : ''} share ` +
          `gamma = ${squaredNorm[block[0]] / capacity[block[0]]} but their capacities sum to ${sum}, not an integer`,
      );
    }
    if (axis + blockDims > dims)
      throw new RangeError(`efficientEmbedding: the capacities sum to more than ${dims}`);
    const frame = tightFrame(
      block.map((i) => capacity[i]),
      blockDims,
    );
    block.forEach((i, column) => {
      const gamma = Math.sqrt(squaredNorm[i] / capacity[i]);
      for (let d = 0; d < blockDims; d++) {
        result.data[i * dims + axis + d] = gamma * frame[column * blockDims + d];
      }
    });
    axis += blockDims;
  }
  return result;
}

function groupByGamma(
  features: readonly number[],
  capacity: ArrayLike<number>,
  squaredNorm: ArrayLike<number>,
): number[][] {
  const gamma = (i: number): number => squaredNorm[i] / capacity[i];
  const sorted = features.toSorted((i, j) => gamma(i) - gamma(j));
  const blocks: number[][] = [];
  for (const i of sorted) {
    const last = blocks.at(-1);
    if (last !== undefined && gamma(i) - gamma(last[0]) <= EQUAL_GAMMA * gamma(i)) last.push(i);
    else blocks.push([i]);
  }
  return blocks.map((block) => block.toSorted((i, j) => i - j));
}

/**
 * Builds a matrix R with orthonormal rows (R R^T = I, dims x N) whose column i has squared length capacity[i], for capacities
 * in (0, 1) that sum to `dims`: a constructive proof of the Schur-Horn theorem by N - 1 plane rotations of columns.
 * Feature-major: column i is at `[i * dims, (i + 1) * dims)`.
 *
 * Starts from `dims` unit columns and N - dims zero columns, whose rows are orthonormal, and carries one unfinished column
 * along. If its squared length exceeds the next capacity, it is rotated with a zero column, otherwise with a new unit column.
 * Either way one of the two gets the required length, and the other, of length at most 1, is carried on.
 */
function tightFrame(capacity: readonly number[], dims: number): Float64Array {
  const frame = new Float64Array(capacity.length * dims);
  let carried = new Float64Array(dims);
  let carriedLength2 = 0;
  let axis = 0;
  capacity.forEach((target, column) => {
    const out = frame.subarray(column * dims, (column + 1) * dims);
    const rest = new Float64Array(dims);
    if (carriedLength2 >= target || axis === dims) {
      const share = carriedLength2 > 0 ? Math.min(1, target / carriedLength2) : 0;
      const keep = column === capacity.length - 1 ? 1 : Math.sqrt(share);
      const pass = Math.sqrt(Math.max(0, 1 - share));
      for (let d = 0; d < dims; d++) {
        out[d] = keep * carried[d];
        rest[d] = -pass * carried[d];
      }
      carriedLength2 = Math.max(0, carriedLength2 - target);
    } else {
      const fresh2 = (target - carriedLength2) / (1 - carriedLength2);
      const cosine = Math.sqrt(1 - fresh2);
      const sine = Math.sqrt(fresh2);
      for (let d = 0; d < dims; d++) {
        out[d] = cosine * carried[d];
        rest[d] = sine * carried[d];
      }
      // With this sign, two columns of capacity 1/2 are an antipodal pair.
      out[axis] += sine;
      rest[axis] -= cosine;
      axis++;
      carriedLength2 = 1 + carriedLength2 - target;
    }
    carried = rest;
  });
  return frame;
}
