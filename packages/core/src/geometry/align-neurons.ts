import { embedding, featureVector, type Embedding } from '../embedding/embedding.ts';
import { bestAssignment } from '@polysem/numerics/linalg';
import { forEachInBasis } from '../embedding/coordinates.ts';
import { frameOperator } from '../embedding/frame-operator.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { blockFrame, type BlockSpan } from './block-frame.ts';
import { pivotedBasis, product, quartimax } from './quartimax.ts';

/** A rotation of the embedding space that gives each block neurons of its own. */
export interface Alignment {
  /** Q, D x D, row-major and orthogonal (a rotation, or one with a reflection). */
  readonly rotation: Float64Array;
  /** Q W. */
  readonly aligned: Embedding;
  /** For each neuron after the rotation the index of the block it belongs to, -1 where it belongs to none. */
  readonly blockOfNeuron: Int32Array;
  /** |Q W - W|_F / |W|_F, from 0 to 2; 0 for a zero matrix. */
  readonly change: number;
  /**
   * By how much the blocks' spans were turned to make them orthogonal: the largest sine of the angle between an axis of
   * a span and what it became, over all axes. Rounding for blocks that are orthogonal.
   */
  readonly obliqueness: number;
}

/** How many of a block's longest features are tried as the first axis. */
const FEATURE_STARTS = 6;
/** A block with more products a sweep than this has one start from a feature: others seldom find better in many dimensions. */
const MANY_PRODUCTS = 2 ** 20;
/** A start is preferred to those before only if it is better by more than rounding. */
const BETTER = 1 + 1e-9;
/** What directions without weight count beside the mean eigenvalue of S. */
const TRACE = 1e-9;

/** How hard to look for the axes of a block. */
export interface AlignOptions {
  /** At most so many sweeps over all pairs of a block's axes, from each start; 100 if absent, 0 for none. */
  readonly sweeps?: number;
}

/**
 * Turns the embedding space so that every block of features occupies as few neurons as possible: the span of a block of
 * D_k dimensions comes to lie on D_k axes, and no neuron serves two blocks.
 *
 * Which axes of a span are taken: those for which the sum of fourth powers of the block's weights is largest
 * ({@link quartimax}), which for a tight frame are those with the fewest features per neuron; the best of several starts,
 * from the neurons as they are, from the principal axes and from features. Which neurons a block gets, and with which
 * signs: those for which |Q W - W|_F is smallest, found exactly (Hungarian method). Directions outside all
 * spans get the axes that are left, as near to where they were as Gram-Schmidt finds.
 *
 * O(N D^2 + D^3), and for each block and start O(D_k^2 N_k) a sweep, of which some tens are needed.
 *
 * @throws RangeError if a block has no dimension or more than its features span, shares a feature with another, or the
 *   blocks' spans are not independent; or if W holds a number that is not finite.
 */
export function alignNeurons(
  w: Embedding,
  blocks: readonly BlockSpan[],
  options: AlignOptions = {},
): Alignment {
  const { dims, features } = embedding(w.dims, w.features, w.data);
  const { sweeps } = options;
  if (sweeps !== undefined && !(Number.isInteger(sweeps) && sweeps >= 0)) {
    throw new RangeError(`sweeps: must be a non-negative integer, got ${sweeps}`);
  }
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
  if (first < dims) {
    const rest = spanOf(dims - first);
    rest.set(product(pivotedBasis(rest, dims - first, dims), rest, dims - first, dims));
  }

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

/** Axes of a block's span for which the fourth powers of its features' weights sum to the most found. */
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

/** The principal axes, and bases that begin with one of the longest features. */
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
