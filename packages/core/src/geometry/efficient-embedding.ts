import { embedding, type Embedding } from '../embedding/embedding.ts';

/** How far from an integer the capacities of a block may sum, for each feature of it. */
const SLACK = 1e-9;
/** Capacities this near to 0 or 1 are taken for it. */
const NEGLIGIBLE = 1e-12;

/**
 * Builds an embedding with given capacities and squared norms that is exactly efficient, sum C_i = D
 * (arXiv:2210.01892, section 4.3, Theorems 1 and 2): features with C = 1 get an axis of their own, features with C = 0
 * the zero vector, and partial features with a common gamma = n / C form one tight frame sqrt(gamma) R, R R^T = I.
 * Such an embedding exists if and only if the capacities of each gamma sum to an integer. O(N D).
 *
 * @param capacity C_i in [0, 1], sum D.
 * @param squaredNorm n_i = |w_i|^2; positive where C_i is, ignored where C_i = 0.
 * @param dims D.
 * @throws RangeError if no such embedding exists, naming the features that stand in the way.
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
    if (c < NEGLIGIBLE) continue;
    if (!(squaredNorm[i] > 0 && squaredNorm[i] < Infinity)) {
      throw new RangeError(
        `efficientEmbedding: feature ${i} has capacity ${c} but squared norm ${squaredNorm[i]}`,
      );
    }
    if (c <= 1 - NEGLIGIBLE) partial.push(i);
    else if (axis < dims) result.data[i * dims + axis++] = Math.sqrt(squaredNorm[i]);
    else throw new RangeError(`efficientEmbedding: the capacities sum to more than ${dims}`);
  }
  for (const block of groupByGamma(partial, capacity, squaredNorm)) {
    const sum = block.reduce((total, i) => total + capacity[i], 0);
    const blockDims = Math.round(sum);
    if (Math.abs(sum - blockDims) > SLACK * block.length || blockDims === 0) {
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
  if (axis !== dims) {
    throw new RangeError(`efficientEmbedding: the capacities sum to ${axis}, not to ${dims}`);
  }
  return result;
}

function groupByGamma(
  features: readonly number[],
  capacity: ArrayLike<number>,
  squaredNorm: ArrayLike<number>,
): number[][] {
  const gamma = (i: number): number => squaredNorm[i] / capacity[i];
  const sorted = features.toSorted((i, j) => gamma(i) - gamma(j) || i - j);
  const blocks: number[][] = [];
  for (const i of sorted) {
    const last = blocks.at(-1);
    if (last !== undefined && gamma(i) - gamma(last[0]) <= 1e-7 * gamma(i)) last.push(i);
    else blocks.push([i]);
  }
  return blocks.map((block) => block.toSorted((i, j) => i - j));
}

/**
 * A matrix R with orthonormal rows (R R^T = I, dims x N) whose column i has squared length capacity[i], for
 * capacities in (0, 1) that sum to `dims`: a constructive Schur-Horn theorem by N - 1 plane rotations of columns.
 * Feature-major: column i stands at `[i * dims, (i + 1) * dims)`.
 *
 * Start from `dims` unit columns and N - dims zero columns, whose rows are orthonormal, and carry one unfinished
 * column along. If it is longer than the next capacity, rotate it against a zero column; if shorter, against a fresh
 * unit column; either way one of the two gets the length wanted, and the other is carried on, at most 1 long.
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
      // The sign makes of two equal columns an antipodal pair.
      out[axis] += sine;
      rest[axis] -= cosine;
      axis++;
      carriedLength2 = 1 + carriedLength2 - target;
    }
    carried = rest;
  });
  return frame;
}
