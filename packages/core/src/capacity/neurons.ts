import { embedding, type Embedding } from '../embedding.ts';
import { sharing, type Sharing } from './sharing.ts';

/** What counts as a feature of a neuron, or a neuron of a feature. */
export interface NeuronOptions {
  /**
   * A feature counts for a neuron if its squared weight is more than this fraction of the neuron's largest one, and a
   * neuron for a feature likewise; in [0, 1). 1/100 if absent: a tenth of the largest weight. A fraction of the largest
   * one depends neither on the scale of a neuron nor on how many other features there are.
   */
  readonly threshold?: number;
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

/** The threshold that is meant. @throws RangeError if it is not in [0, 1). */
export function thresholdOf({ threshold = 0.01 }: NeuronOptions): number {
  if (!(threshold >= 0 && threshold < 1)) {
    throw new RangeError(`threshold: must be in [0, 1), got ${threshold}`);
  }
  return threshold;
}

/**
 * Measures what each neuron mixes and over which neurons each feature is spread, where the axes of the embedding space
 * are neurons (a privileged basis). O(N D). Unlike capacity all of this depends on the basis.
 *
 * @throws RangeError if W holds a number that is not finite, its data do not fit its size, or the threshold is not in [0, 1).
 */
export function measureNeurons(w: Embedding, options: NeuronOptions = {}): NeuronMeasurement {
  const { dims, features, data } = embedding(w.dims, w.features, w.data);
  const threshold = thresholdOf(options);
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
