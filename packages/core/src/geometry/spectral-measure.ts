import { embedding, type Embedding } from '../embedding.ts';
import { forEachInBasis } from '../linalg/coordinates.ts';
import { powerOfTwoScale, rescaled } from '../linalg/power-of-two-scale.ts';
import {
  inUnits,
  unitSpectrum,
  type FrameSpectrum,
  type SpectrumOptions,
} from './frame-spectrum.ts';

/** The spectral measure of one feature; the arrays are used again for the next one. */
export interface FeatureSpectrum {
  /** Share of |w_i|^2 along each eigenvector: `rank` numbers that sum to 1; all 0 for a zero vector. */
  readonly eigenvectorWeights: Float64Array;
  /** Share of |w_i|^2 in each eigenspace: one number a space that sum to 1; all 0 for a zero vector. */
  readonly eigenspaceWeights: Float64Array;
}

/**
 * Calls `visit` with the spectral measure of each feature, in O(N D rank) and without keeping any.
 *
 * With S = sum_k lambda_k P_k, P_k the projection onto eigenspace k, the measure of feature i gives to lambda_k the
 * weight |P_k w_i|^2 / |w_i|^2: how its norm is spread over the eigenspaces (Spectral Superposition, arXiv:2602.02224).
 */
export function forEachSpectralMeasure(
  w: Embedding,
  spectrum: FrameSpectrum,
  visit: (i: number, measure: FeatureSpectrum) => void,
): void {
  const { rank, vectors, eigenspaces } = spectrum;
  const eigenvectorWeights = new Float64Array(rank);
  const eigenspaceWeights = new Float64Array(eigenspaces.length);
  const measure = { eigenvectorWeights, eigenspaceWeights };
  const unit = rescaled(w, powerOfTwoScale(w, 'forEachSpectralMeasure'));
  forEachInBasis(unit, vectors, rank, (i, t) => {
    // Relative to the largest coordinate, since short vectors beside long ones have squares that vanish.
    let largest = 0;
    for (let k = 0; k < rank; k++) largest = Math.max(largest, Math.abs(t[k]));
    let n = 0;
    for (let k = 0; k < rank; k++) {
      const share = largest > 0 ? t[k] / largest : 0;
      eigenvectorWeights[k] = share * share;
      n += share * share;
    }
    eigenspaces.forEach(({ first, dims }, space) => {
      let sum = 0;
      for (let k = first; k < first + dims; k++) {
        if (n > 0) eigenvectorWeights[k] /= n;
        sum += eigenvectorWeights[k];
      }
      eigenspaceWeights[space] = Math.min(1, sum);
    });
    visit(i, measure);
  });
}

/** What {@link spectralMeasures} is to find and keep. */
export interface SpectralMeasureOptions extends SpectrumOptions {
  /** Whether to keep the weights of each feature on each eigenspace, N K numbers; true if absent. */
  readonly weights?: boolean;
}

/** The spectral measures of all features, in figures: one number a feature, and 0 for a zero vector. */
export interface SpectralMeasures {
  readonly spectrum: FrameSpectrum;
  /** N, the number of features. */
  readonly features: number;
  /** Weights on the K eigenspaces, N x K, each row with sum 1; null if they were not to be kept. */
  readonly weights: Float64Array | null;
  /** Mean of lambda under the feature's measure: n_i / C_i. */
  readonly mean: Float64Array;
  /**
   * Variance of lambda under the feature's measure: the squared length of S u - (u . S u) u with u the feature's unit
   * vector, so 0 exactly where the feature is an eigenvector of S.
   */
  readonly variance: Float64Array;
  /** Mean of 1 / lambda under the feature's measure: C~_i / n_i. */
  readonly meanInverse: Float64Array;
  /** C~_i / C_i = mean(lambda) mean(1 / lambda), at least 1, and 1 exactly where the feature is an eigenvector of S. */
  readonly leverageRatio: Float64Array;
  /**
   * Sum of the squared weights over eigenspaces: 1 where the feature lies in one of them, as all do if W is efficient;
   * at least 1 / K. Its inverse is the participation ratio: over how many eigenspaces the feature is spread.
   */
  readonly localisation: Float64Array;
  /** Shannon entropy of the weights over eigenspaces, in nats, from 0 to log K. */
  readonly entropy: Float64Array;
  /** The eigenspace with the largest weight, -1 for a zero vector. */
  readonly eigenspace: Int32Array;
}

/**
 * Spectral measures of all features, in O(N D min(N, D)) time and N K + D^2 numbers of memory for K eigenspaces.
 *
 * @throws RangeError if W holds a number that is not finite, its data do not fit its size, or the spread is not in [0, 1).
 */
export function spectralMeasures(
  w: Embedding,
  options: SpectralMeasureOptions = {},
): SpectralMeasures {
  const { features } = embedding(w.dims, w.features, w.data);
  const scale = powerOfTwoScale(w, 'spectralMeasures');
  const unit = rescaled(w, scale);
  const spectrum = unitSpectrum(unit, options);
  const { rank, eigenvalues, eigenspaces } = spectrum;
  const spaces = eigenspaces.length;
  const figure = (): Float64Array => new Float64Array(features);
  const result = {
    weights: options.weights === false ? null : new Float64Array(features * spaces),
    mean: figure(),
    variance: figure(),
    meanInverse: figure(),
    leverageRatio: figure(),
    localisation: figure(),
    entropy: figure(),
    eigenspace: new Int32Array(features).fill(-1),
  };
  forEachSpectralMeasure(unit, spectrum, (i, { eigenvectorWeights, eigenspaceWeights }) => {
    let mean = 0;
    let meanInverse = 0;
    for (let k = 0; k < rank; k++) {
      mean += eigenvectorWeights[k] * eigenvalues[k];
      meanInverse += eigenvectorWeights[k] / eigenvalues[k];
    }
    let variance = 0;
    for (let k = 0; k < rank; k++) variance += eigenvectorWeights[k] * (eigenvalues[k] - mean) ** 2;
    let localisation = 0;
    let entropy = 0;
    let most = 0;
    for (let space = 0; space < spaces; space++) {
      const weight = eigenspaceWeights[space];
      if (weight === 0) continue;
      localisation += weight * weight;
      entropy -= weight * Math.log(weight);
      if (weight > most) {
        most = weight;
        result.eigenspace[i] = space;
      }
    }
    result.mean[i] = mean / scale / scale;
    result.variance[i] = variance / scale / scale / scale / scale;
    result.meanInverse[i] = meanInverse * scale * scale;
    result.leverageRatio[i] = mean > 0 ? Math.max(1, mean * meanInverse) : 0;
    result.localisation[i] = Math.min(1, localisation);
    result.entropy[i] = entropy;
    result.weights?.set(eigenspaceWeights, i * spaces);
  });
  return { spectrum: inUnits(spectrum, scale), features, ...result };
}

/**
 * Expected localisation of a direction drawn uniformly from the span of the features, the null model of
 * `localisation`: its weight on a space of m out of r dimensions is Beta(m / 2, (r - m) / 2), whose second moment is
 * m (m + 2) / (r (r + 2)). 0 for a zero matrix.
 */
export function randomLocalisation({ rank, eigenspaces }: FrameSpectrum): number {
  if (rank === 0) return 0;
  const moment = eigenspaces.reduce((sum, { dims }) => sum + dims * (dims + 2), 0);
  return moment / (rank * (rank + 2));
}
