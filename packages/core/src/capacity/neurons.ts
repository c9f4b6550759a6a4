import { embedding, type Embedding } from '../embedding.ts';

/** What counts as a feature of a neuron, or a neuron of a feature. */
export interface NeuronOptions {
  /**
   * A feature counts for a neuron if its squared weight is more than this fraction of the neuron's largest one, and a
   * neuron for a feature likewise; in [0, 1). 1/100 if absent: a tenth of the largest weight. A fraction of the largest
   * one depends neither on the scale of a neuron nor on how many other features there are.
   */
  readonly threshold?: number;
}

/**
 * How squared weights are shared along the lines of a matrix, one number a line: a neuron's over features, or a
 * feature's over neurons. All are 0 for a line of zeros.
 */
export interface Sharing {
  /** Sum of the line's squared weights. */
  readonly squaredNorm: Float64Array;
  /** Participation ratio (sum w^2)^2 / sum w^4: how many entries carry the line, from 1 to its length. */
  readonly participation: Float64Array;
  /** exp of the Shannon entropy of the shares w^2 / sum w^2: another number of entries, never below the participation ratio. */
  readonly effective: Float64Array;
  /** How many squared weights are more than the threshold's fraction of the line's largest one. */
  readonly count: Uint32Array;
  /** The largest squared weight's share of the line. */
  readonly largestShare: Float64Array;
  /** Where the largest squared weight is, the first of equal ones; -1 for a line of zeros. */
  readonly largest: Int32Array;
}

/** What the neurons of a privileged basis mix. */
export interface NeuronMeasurement {
  /** D, the number of neurons. */
  readonly dims: number;
  /** N, the number of features. */
  readonly features: number;
  /** The fraction of the largest squared weight from which entries are counted. */
  readonly threshold: number;
  /**
   * For each neuron, over features: `participation` is its number of features, `largestShare` its monosemanticity (1 for a
   * monosemantic neuron) and `largest` the feature that it is then the neuron of. The mean of `squaredNorm` is |W|_F^2 / D,
   * features per dimension, whose inverse is the D* of Elhage et al. 2022.
   */
  readonly perNeuron: Sharing;
  /** For each feature, over neurons: `participation` is its number of neurons, `squaredNorm` n_i. */
  readonly perFeature: Sharing;
  /**
   * Superposition of each neuron: sum_i w_ai^2 / n_i, how many features' worth of unit vectors it carries. Above 1 it must
   * carry parts of several; the mean over neurons is the number of features that are not zero divided by D.
   */
  readonly superposition: Float64Array;
}

/**
 * Measures what each neuron mixes and over which neurons each feature is spread, where the axes of the embedding space
 * are neurons (a privileged basis). O(N D). Unlike capacity all of this depends on the basis.
 *
 * @throws RangeError if W holds a number that is not finite, its data do not fit its size, or the threshold is not in [0, 1).
 */
export function measureNeurons(w: Embedding, options: NeuronOptions = {}): NeuronMeasurement {
  const { dims, features, data } = embedding(w.dims, w.features, w.data);
  const threshold = options.threshold ?? 0.01;
  if (!(threshold >= 0 && threshold < 1)) {
    throw new RangeError(`threshold: must be in [0, 1), got ${threshold}`);
  }
  const notFinite = data.findIndex((value) => !Number.isFinite(value));
  if (notFinite >= 0) {
    throw new RangeError(
      `measureNeurons: feature ${Math.floor(notFinite / dims)} has ${data[notFinite]} in dimension ${notFinite % dims}`,
    );
  }
  const perNeuron = sharing(data, dims, features, 1, dims, threshold);
  const perFeature = sharing(data, features, dims, dims, 1, threshold);
  const superposition = new Float64Array(dims);
  for (let i = 0; i < features; i++) {
    const at = perFeature.largest[i];
    if (at < 0) continue;
    const largest = Math.abs(data[i * dims + at]);
    for (let a = 0; a < dims; a++) {
      superposition[a] += (data[i * dims + a] / largest) ** 2 * perFeature.largestShare[i];
    }
  }
  return { dims, features, threshold, perNeuron, perFeature, superposition };
}

/** Sharing along `lines` lines of `length` entries: entry e of line l stands at `l * lineStride + e * stride`. */
function sharing(
  data: Float64Array | Float32Array,
  lines: number,
  length: number,
  lineStride: number,
  stride: number,
  threshold: number,
): Sharing {
  const result = {
    squaredNorm: new Float64Array(lines),
    participation: new Float64Array(lines),
    effective: new Float64Array(lines),
    count: new Uint32Array(lines),
    largestShare: new Float64Array(lines),
    largest: new Int32Array(lines).fill(-1),
  };
  for (let line = 0; line < lines; line++) {
    const start = line * lineStride;
    let largest = 0;
    for (let e = 0; e < length; e++) {
      const magnitude = Math.abs(data[start + e * stride]);
      if (magnitude > largest) {
        largest = magnitude;
        result.largest[line] = e;
      }
    }
    if (largest === 0) continue;
    // Relative to the largest weight, so that fourth powers neither overflow nor vanish.
    let squares = 0;
    let fourths = 0;
    let logs = 0;
    let count = 0;
    for (let e = 0; e < length; e++) {
      const square = (data[start + e * stride] / largest) ** 2;
      squares += square;
      fourths += square * square;
      if (square > 0) logs += square * Math.log(square);
      if (square > threshold) count++;
    }
    result.squaredNorm[line] = squares * largest * largest;
    result.participation[line] = (squares / fourths) * squares;
    result.effective[line] = squares * Math.exp(-logs / squares);
    result.largestShare[line] = 1 / squares;
    result.count[line] = count;
  }
  return result;
}
