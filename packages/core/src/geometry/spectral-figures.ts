import type { FrameSpectrum } from './frame-spectrum.ts';

/** The spectral measure of one feature; the arrays are used again for the next one. */
export interface FeatureSpectrum {
  /** Share of |w_i|^2 along each eigenvector: `rank` numbers that sum to 1; all 0 for a zero vector. */
  readonly eigenvectorWeights: Float64Array;
  /** Share of |w_i|^2 in each eigenspace: one number a space that sum to 1; all 0 for a zero vector. */
  readonly eigenspaceWeights: Float64Array;
}

/** The spectral measures of features, in figures: one number a feature, and 0 for a zero vector. */
export interface SpectralFigures {
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

/** Figures of so many features, none of them measured yet. */
export function noSpectralFigures(features: number): SpectralFigures {
  const figure = (): Float64Array => new Float64Array(features);
  return {
    mean: figure(),
    variance: figure(),
    meanInverse: figure(),
    leverageRatio: figure(),
    localisation: figure(),
    entropy: figure(),
    eigenspace: new Int32Array(features).fill(-1),
  };
}

/** Room for the measure of one feature. */
export function roomForMeasure({
  rank,
  eigenspaces,
}: Pick<FrameSpectrum, 'rank' | 'eigenspaces'>): FeatureSpectrum {
  return {
    eigenvectorWeights: new Float64Array(rank),
    eigenspaceWeights: new Float64Array(eigenspaces.length),
  };
}

/** Writes down the measure of a feature with coordinates t in the eigenvectors, from `from` on, up to a common factor. */
export function writeMeasure(
  { eigenvectorWeights, eigenspaceWeights }: FeatureSpectrum,
  { rank, eigenspaces }: Pick<FrameSpectrum, 'rank' | 'eigenspaces'>,
  t: Float64Array,
  from = 0,
): void {
  // Relative to the largest coordinate, since short vectors beside long ones have squares that vanish.
  let largest = 0;
  for (let k = 0; k < rank; k++) largest = Math.max(largest, Math.abs(t[from + k]));
  let n = 0;
  for (let k = 0; k < rank; k++) {
    const share = largest > 0 ? t[from + k] / largest : 0;
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
}

/**
 * Takes the figures of feature i from its measure.
 *
 * @param eigenvalues for vectors times `scale`.
 */
export function takeFigures(
  out: SpectralFigures,
  i: number,
  { eigenvectorWeights, eigenspaceWeights }: FeatureSpectrum,
  eigenvalues: Float64Array,
  scale: number,
): void {
  const rank = eigenvalues.length;
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
  eigenspaceWeights.forEach((weight, space) => {
    if (weight === 0) return;
    localisation += weight * weight;
    entropy -= weight * Math.log(weight);
    if (weight > most) {
      most = weight;
      out.eigenspace[i] = space;
    }
  });
  out.mean[i] = mean / scale / scale;
  out.variance[i] = variance / scale / scale / scale / scale;
  out.meanInverse[i] = meanInverse * scale * scale;
  out.leverageRatio[i] = mean > 0 ? Math.max(1, mean * meanInverse) : 0;
  out.localisation[i] = Math.min(1, localisation);
  out.entropy[i] = entropy;
}
