import { nonNegativeInteger } from '@polysem/numerics/checks';
import { embedding, featureVector, type Embedding } from '../embedding/embedding.ts';
import { bestAssignment } from '@polysem/numerics/linalg';
import { forEachInBasis } from '../embedding/coordinates.ts';
import { frameOperator } from '../embedding/frame-operator.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { blockFrame, type BlockSpan } from './block-frame.ts';
import { pivotedBasis, product, quartimax } from './quartimax.ts';

/** A rotation of the embedding space after which every block uses neurons of its own. */
export interface Alignment {
  /** Q, D x D, row-major and orthogonal (with or without a reflection). */
  readonly rotation: Float64Array;
  /** Q W. */
  readonly aligned: Embedding;
  /** Index of the block of each neuron after the rotation; -1 for a neuron of no block. */
  readonly blockOfNeuron: Int32Array;
  /** |Q W - W|_F / |W|_F, from 0 to 2; 0 for a zero matrix. */
  readonly change: number;
  /**
   * Largest sine of the angle by which an axis of a block was turned to make the spans of the blocks orthogonal. Only
   * rounding for orthogonal blocks.
   */
  readonly obliqueness: number;
}

/** Number of the longest features of a block that are tried as its first axis. */
const FEATURE_STARTS = 6;
/** A block with more products per sweep starts from one feature only: in many dimensions other starts rarely find more. */
const MANY_PRODUCTS = 2 ** 20;
/** A start replaces an earlier one only if it is better by more than rounding. */
const BETTER = 1 + 1e-9;
/** Eigenvalue given to directions without weight, relative to the mean eigenvalue of S. */
const TRACE = 1e-9;

/** Options of `alignNeurons`. */
export interface AlignOptions {
  /** Most sweeps over all pairs of axes of a block, for each start. Default 100; 0 for none. */
  readonly sweeps?: number;
}

/**
 * Rotates the embedding space so that every block of features uses as few neurons as possible: the span of a block of D_k
 * dimensions is mapped to D_k axes, and no neuron belongs to two blocks.
 *
 * Axes within a span maximise the sum of fourth powers of the block's weights ({@link quartimax}); for a tight frame these
 * are the axes with the fewest features per neuron. The best of several starts is taken: the present neurons, the principal
 * axes, and features. The assignment of axes to neurons, with signs, minimises |Q W - W|_F exactly (Hungarian method).
 * Directions outside all spans get the remaining neurons, close to their present axes (Gram-Schmidt).
 *
 * O(N D^2 + D^3), and O(D_k^2 N_k) per sweep of a block and start; some tens of sweeps are needed.
 *
 * @param w the embedding, D x N.
 * @param blocks features and dimensions of each block; blocks are disjoint.
 * @param options see {@link AlignOptions}.
 * @returns the rotation, the rotated embedding and the block of each neuron.
 * @throws RangeError if a block has no dimension or more dimensions than its features span, blocks share a feature or have
 *   dependent spans, W holds a number that is not finite, or `sweeps` is not a non-negative integer.
 */
export function alignNeurons(
  w: Embedding,
  blocks: readonly BlockSpan[],
  options: AlignOptions = {},
): Alignment {
  const { dims, features } = embedding(w.dims, w.features, w.data);
  const { sweeps } = options;
  if (sweeps !== undefined) nonNegativeInteger('sweeps', sweeps);
  const unit = rescaled(w, powerOfTwoScale(w, 'alignNeurons'));
  const { axes, obliqueness } = blockFrame(unit, blocks);
  const blockOfAxis = new Int32Array(dims).fill(-1);
  let first = 0;
  const spanOf = (count: number): Float64Array =>
    axes.subarray(first * dims, (first + count) * dims);
  blocks.forEach((block, k) => {
    const span = spanOf(block.dims);
    span.set(sparseAxes(unit, block, span, sweeps));
    blockOfAxis.fill(k, first, first + block.dims);
    first += block.dims;
  });
  const rest = spanOf(dims - first);
  rest.set(product(pivotedBasis(rest, dims - first, dims), rest, dims - first, dims));

  // |Q W - W|^2 = 2 tr S - 2 tr Q S, and an axis u that becomes neuron a adds (S u)_a to the last trace.
  const s = frameOperator(unit);
  let mean = 0;
  for (let d = 0; d < dims; d++) mean += s[d * dims + d] / dims;
  for (let d = 0; d < dims; d++) s[d * dims + d] += mean > 0 ? TRACE * mean : 1;
  const gains = product(axes, s, dims, dims);
  const neuronOf = bestAssignment(gains.map(Math.abs), dims);
  const rotation = new Float64Array(dims * dims);
  const blockOfNeuron = new Int32Array(dims);
  neuronOf.forEach((neuron, axis) => {
    const sign = gains[axis * dims + neuron] < 0 ? -1 : 1;
    for (let d = 0; d < dims; d++) rotation[neuron * dims + d] = sign * axes[axis * dims + d];
    blockOfNeuron[neuron] = blockOfAxis[axis];
  });

  const aligned = embedding(dims, features);
  forEachInBasis(w, rotation, dims, (i, turned) => aligned.data.set(turned, i * dims));
  return { rotation, aligned, blockOfNeuron, change: relativeChange(w, aligned), obliqueness };
}

/** Axes of the span of a block with the largest sum found of fourth powers of its weights. */
function sparseAxes(
  w: Embedding,
  { features, dims: count }: BlockSpan,
  span: Float64Array,
  sweeps: number | undefined,
): Float64Array {
  const { dims } = w;
  const columns = features.length;
  const part = embedding(dims, columns);
  features.forEach((i, column) => part.data.set(featureVector(w, i), column * dims));
  const x = new Float64Array(count * columns);
  forEachInBasis(part, span, count, (column, t) => {
    for (let k = 0; k < count; k++) x[k * columns + column] = t[k];
  });
  let best = quartimax(x, count, columns, pivotedBasis(span, count, dims), sweeps);
  for (const start of otherStarts(x, count, columns)) {
    const found = quartimax(x, count, columns, start, sweeps);
    if (found.fourthPowers > best.fourthPowers * BETTER) best = found;
  }
  return product(best.rotation, span, count, dims);
}

/** Starts other than the present neurons: the principal axes, and bases that begin with one of the longest features. */
function* otherStarts(x: Float64Array, count: number, columns: number): Generator<Float64Array> {
  if (count === 1) return;
  const few = count * count * columns > MANY_PRODUCTS;
  const identity = new Float64Array(count * count);
  for (let k = 0; k < count; k++) identity[k * count + k] = 1;
  if (!few) yield identity;
  const length2 = (column: number): number => {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += x[k * columns + column] ** 2;
    return sum;
  };
  const lengths = Float64Array.from({ length: columns }, (_, column) => length2(column));
  const order = Array.from({ length: columns }, (_, column) => column).toSorted(
    (a, b) => lengths[b] - lengths[a],
  );
  for (const column of order.slice(0, few ? 1 : FEATURE_STARTS)) {
    if (lengths[column] > 0) yield pivotedBasis(x, count, columns, column);
  }
}

function relativeChange(w: Embedding, aligned: Embedding): number {
  let largest = 0;
  for (const value of w.data) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;
  let change2 = 0;
  let norm2 = 0;
  for (let j = 0; j < w.data.length; j++) {
    change2 += ((aligned.data[j] - w.data[j]) / largest) ** 2;
    norm2 += (w.data[j] / largest) ** 2;
  }
  return Math.sqrt(change2 / norm2);
}
