import type { NeuronMeasurement } from './neurons.ts';
import { noSharing, sharing, type Sharing } from './sharing.ts';

/** For each neuron the largest weight of some features in magnitude, and whose it is: -1 where all are 0. */
export interface LargestWeights {
  readonly magnitude: Float64Array;
  readonly feature: Int32Array;
}

/** No weights yet, for D neurons. */
export function noWeights(dims: number): LargestWeights {
  return { magnitude: new Float64Array(dims), feature: new Int32Array(dims).fill(-1) };
}

/** The largest weights of `count` features; features count from 0. */
export function largestWeights(
  block: Float32Array | Float64Array,
  count: number,
  dims: number,
): LargestWeights {
  const { magnitude, feature } = noWeights(dims);
  for (let f = 0; f < count; f++) {
    for (let a = 0; a < dims; a++) {
      const weight = Math.abs(block[f * dims + a]);
      if (weight <= magnitude[a]) continue;
      magnitude[a] = weight;
      feature[a] = f;
    }
  }
  return { magnitude, feature };
}

/** Takes over what is larger among features from `first` on; of equal ones the first feature counts, whatever the order. */
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

/** Sums over some features for each neuron, of weights relative to its largest one; and what is known of the features. */
export interface NeuronSums {
  readonly squares: Float64Array;
  readonly fourths: Float64Array;
  /** Sums of w^2 ln w^2. */
  readonly logs: Float64Array;
  readonly count: Uint32Array;
  readonly superposition: Float64Array;
  readonly perFeature: Sharing;
}

/** Sums over `count` features, once the largest weight of each neuron is known. */
export function neuronSums(
  block: Float32Array | Float64Array,
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
  const perFeature = sharing(block, count, dims, dims, 1, threshold);
  for (let f = 0; f < count; f++) {
    const at = perFeature.largest[f];
    if (at < 0) continue;
    const longest = Math.abs(block[f * dims + at]);
    for (let a = 0; a < dims; a++) {
      const weight = block[f * dims + a];
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

/** What neurons mix, from the sums over blocks of features, in the order of the blocks. */
export function neuronsOfSums(
  { magnitude, feature }: LargestWeights,
  blocks: readonly NeuronSums[],
  threshold: number,
): NeuronMeasurement {
  const dims = magnitude.length;
  const features = blocks.reduce((n, { perFeature }) => n + perFeature.count.length, 0);
  const perNeuron = noSharing(dims);
  const perFeature = noSharing(features);
  const superposition = new Float64Array(dims);
  let first = 0;
  for (const { perFeature: own } of blocks) {
    for (const key of Object.keys(own) as (keyof Sharing)[]) perFeature[key].set(own[key], first);
    first += own.count.length;
  }
  for (let a = 0; a < dims; a++) {
    const total = (of: (sums: NeuronSums) => ArrayLike<number>): number =>
      blocks.reduce((sum, block) => sum + of(block)[a], 0);
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
