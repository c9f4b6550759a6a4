import { inInterval } from '@polysem/numerics/checks';
import { embedding, type Embedding } from '../embedding/embedding.ts';
import { sharing, type Sharing } from './sharing.ts';

/** Options of {@link measureNeurons}. */
export interface NeuronOptions {
  /**
   * A feature counts for a neuron if its squared weight exceeds this fraction of the neuron's largest squared weight, and
   * a neuron counts for a feature likewise; in [0, 1). Default 0.01: a tenth of the largest weight. The criterion depends
   * neither on the scale of a neuron nor on the number of other features.
   */
  readonly threshold?: number;
}

/** The features that each neuron represents, and the neurons that each feature uses. */
export interface NeuronMeasurement {
  /** D, the number of neurons. */
  readonly dims: number;
  /** N, the number of features. */
  readonly features: number;
  /** The threshold, see {@link NeuronOptions.threshold}. */
  readonly threshold: number;
  /**
   * Per neuron, over features: `participation` is its number of features, `largestShare` its monosemanticity (1 for a
   * monosemantic neuron) and `largest` its feature of largest weight. The mean of `squaredNorm` is |W|_F^2 / D, features
   * per dimension; its inverse is the D* of Elhage et al. 2022.
   */
  readonly perNeuron: Sharing;
  /** Per feature, over neurons: `participation` is its number of neurons, `squaredNorm` is n_i. */
  readonly perFeature: Sharing;
  /**
   * Superposition of each neuron a: sum_i w_ai^2 / n_i, the squared weights of unit vectors on it. A neuron with more than
   * 1 represents parts of several features. The mean over neurons is the number of non-zero features divided by D.
   */
  readonly superposition: Float64Array;
}

/** The threshold, or its default. @throws RangeError if it is not in [0, 1). */
export function thresholdOf({ threshold = 0.01 }: NeuronOptions): number {
  inInterval('threshold', threshold, 0, 1, '[)');
  return threshold;
}

/**
 * Measures which features each neuron represents and over which neurons each feature is spread, where the axes of the
 * embedding space are neurons (a privileged basis). O(N D). Unlike capacity, all of this depends on the basis.
 *
 * @param w the embedding, D x N.
 * @param options see {@link NeuronOptions}.
 * @returns statistics of squared weights per neuron and per feature.
 * @throws RangeError if W holds a number that is not finite, its data do not have D x N entries, or the threshold is not in
 *   [0, 1).
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { measureNeurons } from 'polysem/capacity';
 * const { perNeuron } = measureNeurons(embeddingFromVectors([[1, 0], [0, 1], [0, -1]]));
 * perNeuron.participation; // [1, 2]
 * ```
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
  const perNeuron = sharing(
    data,
    { lines: dims, length: features, lineStride: 1, entryStride: dims },
    threshold,
  );
  const perFeature = sharing(
    data,
    { lines: features, length: dims, lineStride: dims, entryStride: 1 },
    threshold,
  );
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
