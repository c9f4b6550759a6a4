import type { NeuronMeasurement } from './neurons.ts';
import { noSharing, sharing, type Sharing } from './sharing.ts';

/** Largest weight of each neuron in magnitude, and the feature that has it: -1 where all weights are 0. */
export interface LargestWeights {
  readonly magnitude: Float64Array;
  readonly feature: Int32Array;
}

/** Largest weights of D neurons before any feature is seen. */
export function noWeights(dims: number): LargestWeights {
  return { magnitude: new Float64Array(dims), feature: new Int32Array(dims).fill(-1) };
}

/**
 * The largest weights of `count` features, numbered from 0.
 *
 * @param weights their vectors, count x dims.
 */
export function largestWeights(
  weights: Float32Array | Float64Array,
  count: number,
  dims: number,
): LargestWeights {
  const { magnitude, feature } = noWeights(dims);
  for (let f = 0; f < count; f++) {
    for (let a = 0; a < dims; a++) {
      const weight = Math.abs(weights[f * dims + a]);
      if (weight <= magnitude[a]) continue;
      magnitude[a] = weight;
      feature[a] = f;
    }
  }
  return { magnitude, feature };
}

/**
 * Merges the largest weights of a chunk into those of all features. Of equal weights the feature with the lower index wins,
 * so that the result does not depend on the order of chunks.
 *
 * @param first index of the chunk's first feature.
 */
export function mergeLargest(into: LargestWeights, from: LargestWeights, first: number): void {
  from.magnitude.forEach((weight, a) => {
    const feature = first + from.feature[a];
    const isLarger = weight > into.magnitude[a];
    if (!isLarger && (weight === 0 || weight < into.magnitude[a] || feature > into.feature[a]))
      return;
    into.magnitude[a] = weight;
    into.feature[a] = feature;
  });
}

/** Sums over the features of a chunk, per neuron, of weights relative to the neuron's largest weight. */
export interface NeuronSums {
  readonly squares: Float64Array;
  readonly fourths: Float64Array;
  /** Sums of w^2 ln w^2. */
  readonly logs: Float64Array;
  readonly count: Uint32Array;
  readonly superposition: Float64Array;
  /** Statistics of each feature of the chunk. */
  readonly perFeature: Sharing;
}

/**
 * Sums over a chunk of `count` features.
 *
 * @param weights their vectors, count x dims.
 * @param largest the largest weight of each neuron among all features.
 */
export function neuronSums(
  weights: Float32Array | Float64Array,
  count: number,
  largest: Float64Array,
  threshold: number,
): NeuronSums {
  const dims = largest.length;
  const squares = new Float64Array(dims);
  const fourths = new Float64Array(dims);
  const logs = new Float64Array(dims);
  const counts = new Uint32Array(dims);
  const superposition = new Float64Array(dims);
  const perFeature = sharing(
    weights,
    { lines: count, length: dims, lineStride: dims, entryStride: 1 },
    threshold,
  );
  for (let f = 0; f < count; f++) {
    const at = perFeature.largest[f];
    if (at < 0) continue;
    const longest = Math.abs(weights[f * dims + at]);
    for (let a = 0; a < dims; a++) {
      const weight = weights[f * dims + a];
      if (weight === 0) continue;
      const square = (weight / largest[a]) ** 2;
      squares[a] += square;
      fourths[a] += square * square;
      if (square > 0) logs[a] += square * Math.log(square);
      if (square > threshold) counts[a]++;
      superposition[a] += (weight / longest) ** 2 * perFeature.largestShare[f];
    }
  }
  return { squares, fourths, logs, count: counts, superposition, perFeature };
}

/** The measurement of all features from the sums over chunks, given in order. */
export function neuronsOfSums(
  { magnitude, feature }: LargestWeights,
  chunks: readonly NeuronSums[],
  threshold: number,
): NeuronMeasurement {
  const dims = magnitude.length;
  const features = chunks.reduce((n, { perFeature }) => n + perFeature.count.length, 0);
  const perNeuron = noSharing(dims);
  const perFeature = noSharing(features);
  const superposition = new Float64Array(dims);
  let first = 0;
  for (const { perFeature: own } of chunks) {
    for (const key of Object.keys(own) as (keyof Sharing)[]) perFeature[key].set(own[key], first);
    first += own.count.length;
  }
  for (let a = 0; a < dims; a++) {
    const total = (of: (sums: NeuronSums) => ArrayLike<number>): number =>
      chunks.reduce((sum, chunk) => sum + of(chunk)[a], 0);
    superposition[a] = total((sums) => sums.superposition);
    if (magnitude[a] === 0) continue;
    const squares = total((sums) => sums.squares);
    perNeuron.squaredNorm[a] = squares * magnitude[a] * magnitude[a];
    perNeuron.participation[a] = (squares / total((sums) => sums.fourths)) * squares;
    perNeuron.effective[a] = squares * Math.exp(-total((sums) => sums.logs) / squares);
    perNeuron.largestShare[a] = 1 / squares;
    perNeuron.count[a] = total((sums) => sums.count);
    perNeuron.largest[a] = feature[a];
  }
  return { dims, features, threshold, perNeuron, perFeature, superposition };
}
