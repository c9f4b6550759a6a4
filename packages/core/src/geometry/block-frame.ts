import { positiveInteger } from '@polysem/numerics/checks';
import { embedding, featureVector, type Embedding } from '../embedding/embedding.ts';
import { leftSingular } from '../embedding/singular.ts';
import { symmetricEigen } from '@polysem/numerics/linalg';

/** A block of features and the dimension of its span. */
export interface BlockSpan {
  readonly features: readonly number[];
  /** D_k: the span of the block is that of its D_k leading principal axes. */
  readonly dims: number;
}

/** An orthonormal basis of the embedding space, ordered by block. */
export interface BlockFrame {
  /** D axes as rows: those of the first block, of the second and so on, then those outside all blocks. */
  readonly axes: Float64Array;
  /** Largest sine of the angle between a principal axis of a block and the axis that replaces it. */
  readonly obliqueness: number;
}

/** Spans count as dependent if the smallest eigenvalue of the Gram matrix of their axes is below this. */
const DEPENDENT = 1e-10;

/**
 * Finds the orthogonal spans nearest to those of the blocks, and axes for the rest of the space. The principal axes M of all
 * blocks are made orthonormal by the symmetric method, (M M^T)^(-1/2) M, which changes them least and prefers no block
 * (Löwdin 1950).
 *
 * @throws RangeError as `alignNeurons` does.
 */
export function blockFrame(w: Embedding, blocks: readonly BlockSpan[]): BlockFrame {
  const { dims } = w;
  const { axes: own, obliqueness } = blockAxes(w, blocks);
  const count = own.length / dims;
  const axes = new Float64Array(dims * dims);
  axes.set(own);
  if (count < dims) axes.set(complement(own, count, dims), count * dims);
  return { axes, obliqueness };
}

/** Finds the axes of the blocks as {@link blockFrame} does, without axes for the rest of the space. */
export function blockAxes(w: Embedding, blocks: readonly BlockSpan[]): BlockFrame {
  const { dims } = w;
  checkBlocks(w, blocks);
  const count = blocks.reduce((sum, block) => sum + block.dims, 0);
  const axes = new Float64Array(count * dims);
  let first = 0;
  blocks.forEach(({ features, dims: own }, k) => {
    const part = embedding(dims, features.length);
    features.forEach((i, column) => part.data.set(featureVector(w, i), column * dims));
    const { rank, vectors } = leftSingular(part);
    if (own > rank) {
      throw new RangeError(
        `blocks[${k}].dims: must be at most the rank of its features, ${rank}, got ${own}`,
      );
    }
    axes.set(vectors.subarray(0, own * dims), first * dims);
    first += own;
  });
  return { axes, obliqueness: orthogonalise(axes, count, dims) };
}

function checkBlocks(w: Embedding, blocks: readonly BlockSpan[]): void {
  const blockOf = new Map<number, number>();
  let count = 0;
  blocks.forEach(({ features, dims }, k) => {
    positiveInteger(`blocks[${k}].dims`, dims);
    if (features.length === 0) {
      throw new RangeError(`blocks[${k}].features: must not be empty`);
    }
    for (const i of features) {
      if (!Number.isInteger(i) || i < 0 || i >= w.features) {
        throw new RangeError(
          `blocks[${k}].features: must be integers from 0 to ${w.features - 1}, got ${i}`,
        );
      }
      if (blockOf.has(i)) {
        throw new RangeError(
          `blocks[${k}].features: feature ${i} is in blocks[${blockOf.get(i)}] already`,
        );
      }
      blockOf.set(i, k);
    }
    count += dims;
  });
  if (count > w.dims) {
    throw new RangeError(`blocks: must have at most ${w.dims} dims together, got ${count}`);
  }
}

/** Makes `count` rows orthonormal by the symmetric method. Returns the largest sine of the angle by which a row was turned. */
function orthogonalise(axes: Float64Array, count: number, dims: number): number {
  const old = axes.slice();
  const overlaps = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) overlaps[a * count + b] = dot(old, a, old, b, dims);
  }
  const { values, vectors } = symmetricEigen(overlaps, count);
  if (values[count - 1] < DEPENDENT) {
    throw new RangeError(
      `blocks: must have independent spans, but their ${count} axes are dependent (smallest eigenvalue ${values[count - 1]})`,
    );
  }
  axes.fill(0);
  const projection = new Float64Array(dims);
  for (let k = 0; k < count; k++) {
    projection.fill(0);
    for (let b = 0; b < count; b++)
      for (let d = 0; d < dims; d++) projection[d] += vectors[k * count + b] * old[b * dims + d];
    for (let a = 0; a < count; a++) {
      const factor = vectors[k * count + a] / Math.sqrt(values[k]);
      for (let d = 0; d < dims; d++) axes[a * dims + d] += factor * projection[d];
    }
  }
  let largest = 0;
  for (let a = 0; a < count; a++) {
    const cosine = dot(old, a, axes, a, dims);
    let sine2 = 0;
    for (let d = 0; d < dims; d++) sine2 += (axes[a * dims + d] - cosine * old[a * dims + d]) ** 2;
    largest = Math.max(largest, Math.sqrt(sine2));
  }
  return largest;
}

/** Orthonormal rows that span the orthogonal complement of the first `count` rows. */
function complement(axes: Float64Array, count: number, dims: number): Float64Array {
  const projection = new Float64Array(dims * dims);
  for (let k = 0; k < count; k++) {
    for (let r = 0; r < dims; r++) {
      const factor = axes[k * dims + r];
      for (let c = 0; c <= r; c++) projection[r * dims + c] += factor * axes[k * dims + c];
    }
  }
  // Eigenvalues are 1 in the span and 0 outside; the smallest come last.
  return symmetricEigen(projection, dims).vectors.slice(count * dims);
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let sum = 0;
  for (let d = 0; d < length; d++) sum += a[i * length + d] * b[j * length + d];
  return sum;
}
