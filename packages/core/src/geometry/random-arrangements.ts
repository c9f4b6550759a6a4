import { generator, integerBelow, type Generator } from '@polysem/numerics/random';
import { embedding, type Embedding } from '../embedding/embedding.ts';
import { leftSingular } from '../embedding/singular.ts';
import { inBasis, type Part } from './arrangement.ts';
import { product, quartimax } from './quartimax.ts';
import { randomOrthogonal } from './random-tight-frame.ts';
import { featuresOf } from './vector-queries.ts';

/** Parts to be fitted, and a first basis for them. */
export interface StartArrangement {
  readonly parts: readonly Part[];
  /** Orthonormal rows, (sum of dims) x D, block after block. */
  readonly basis: Float64Array;
}

/** Number of random starts, and the sum of features x rank^2 that limits it in large matrices. */
const RANDOM_STARTS = 24;
const RANDOM_STARTS_COST = 4e5;

/** Number of random starts for features in a space of this rank. */
export function randomStarts(features: number, rank: number): number {
  return Math.min(RANDOM_STARTS, Math.floor(RANDOM_STARTS_COST / (features * rank ** 2)));
}

/**
 * Starts for the search of the nearest efficient matrix, in the span of the `rank` leading directions of W. The first has one
 * dimension per block, on axes from quartimax. The others have random axes, and half of them blocks of random dimensions. Each
 * feature goes to the block with most of its length.
 *
 * Every call draws the same random numbers.
 *
 * @param features features to place.
 * @param rank sum of the dimensions of the blocks.
 * @param count number of random starts.
 */
export function randomArrangements(
  w: Embedding,
  features: readonly number[],
  rank: number,
  count: number,
): StartArrangement[] {
  const span = leftSingular(w).vectors.subarray(0, rank * w.dims);
  const within = inBasis(featuresOf(w, features), span, rank);
  const start = (rotation: Float64Array, dims: readonly number[]): StartArrangement => ({
    parts: partsOnAxes(turned(within, rotation), features, dims),
    basis: product(rotation, span, rank, w.dims),
  });
  const axes = Array.from({ length: rank }, () => 1);
  const starts = [start(sparseRotation(within), axes)];
  const g = generator(0);
  for (let n = 0; n < count; n++) {
    const dims = n % 2 === 0 ? axes : randomDims(g, rank);
    starts.push(start(randomOrthogonal(g, rank), dims));
  }
  return starts;
}

/** Random dimensions of blocks that sum to the rank. */
function randomDims(g: Generator, rank: number): number[] {
  const dims: number[] = [];
  for (let left = rank; left > 0; left -= dims.at(-1)!) dims.push(1 + integerBelow(g, left));
  return dims;
}

function sparseRotation({ dims, features, data }: Embedding): Float64Array {
  const rows = new Float64Array(dims * features);
  for (let i = 0; i < features; i++) {
    for (let d = 0; d < dims; d++) rows[d * features + i] = data[i * dims + d];
  }
  const identity = new Float64Array(dims * dims);
  for (let d = 0; d < dims; d++) identity[d * dims + d] = 1;
  return quartimax(rows, dims, features, identity).rotation;
}

function turned(w: Embedding, rotation: Float64Array): Embedding {
  const out = embedding(w.dims, w.features);
  for (let i = 0; i < w.features; i++) {
    const column = w.data.slice(i * w.dims, (i + 1) * w.dims);
    out.data.set(product(rotation, Float64Array.from(column), w.dims, 1), i * w.dims);
  }
  return out;
}

/**
 * Assigns each feature to the block with the largest part of its squared length. A block with fewer features than dimensions
 * then takes those that lose least.
 */
function partsOnAxes(
  { dims: rank, data }: Embedding,
  features: readonly number[],
  dims: readonly number[],
): Part[] {
  const energy = features.map((_, i) => {
    let row = i * rank;
    return dims.map((own) => {
      let sum = 0;
      for (const end = row + own; row < end; row++) sum += data[row] ** 2;
      return sum;
    });
  });
  const members: number[][] = dims.map(() => []);
  energy.forEach((shares, i) => members[shares.indexOf(Math.max(...shares))].push(i));
  dims.forEach((own, k) => {
    while (members[k].length < own) {
      const spare = members.flatMap((list, from) =>
        from !== k && list.length > dims[from] ? list.map((i) => ({ i, from })) : [],
      );
      const lost = ({ i, from }: { i: number; from: number }): number =>
        energy[i][from] - energy[i][k];
      const { i, from } = spare.reduce((a, b) => (lost(b) < lost(a) ? b : a));
      members[from].splice(members[from].indexOf(i), 1);
      members[k].push(i);
    }
  });
  return members.map((list, k) => ({
    features: list.map((i) => features[i]).toSorted((i, j) => i - j),
    dims: dims[k],
  }));
}
