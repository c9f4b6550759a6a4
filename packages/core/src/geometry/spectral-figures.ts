import type { FrameSpectrum } from './frame-spectrum.ts';

/** The spectral measure of one feature. The arrays are reused for the next feature. */
export interface FeatureSpectrum {
  /** Share of |w_i|^2 along each eigenvector: `rank` numbers that sum to 1; all 0 for a zero vector. */
  readonly eigenvectorWeights: Float64Array;
  /** Share of |w_i|^2 in each eigenspace: one number per eigenspace, with sum 1; all 0 for a zero vector. */
  readonly eigenspaceWeights: Float64Array;
}

/** Statistics of spectral measures: one number per feature; 0 for a zero vector. */
export interface SpectralFigures {
  /** Mean of lambda under the measure of the feature: n_i / C_i. */
  readonly mean: Float64Array;
  /**
   * Variance of lambda under the measure of the feature. Equals |S u - (u . S u) u|^2 with u the unit vector of the feature,
   * so it is 0 if and only if the feature is an eigenvector of S.
   */
  readonly variance: Float64Array;
  /** Mean of 1 / lambda under the measure of the feature: C~_i / n_i. */
  readonly meanInverse: Float64Array;
  /** C~_i / C_i = mean(lambda) mean(1 / lambda), at least 1; 1 if and only if the feature is an eigenvector of S. */
  readonly leverageRatio: Float64Array;
  /**
   * Sum of squared shares over the K eigenspaces, at least 1 / K: 1 if the feature lies in one eigenspace, as all features do
   * if W is efficient. Its inverse is the participation ratio, the effective number of eigenspaces of the feature.
   */
  readonly localisation: Float64Array;
  /** Shannon entropy of the shares of eigenspaces, in nats, from 0 to ln K. */
  readonly entropy: Float64Array;
  /** Index of the eigenspace with the largest share; -1 for a zero vector. */
  readonly eigenspace: Int32Array;
}

/** Statistics of N features before any is measured. */
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

/** Arrays for the measure of one feature. */
export function roomForMeasure({
  rank,
  eigenspaces,
}: Pick<FrameSpectrum, 'rank' | 'eigenspaces'>): FeatureSpectrum {
  return {
    eigenvectorWeights: new Float64Array(rank),
    eigenspaceWeights: new Float64Array(eigenspaces.length),
  };
}

/** Computes the measure of a feature from its coordinates in the eigenvectors, up to a common factor: t from `from` on. */
export function writeMeasure(
  { eigenvectorWeights, eigenspaceWeights }: FeatureSpectrum,
  { rank, eigenspaces }: Pick<FrameSpectrum, 'rank' | 'eigenspaces'>,
  t: Float64Array,
  from = 0,
): void {
  // Relative to the largest coordinate, since the squares of very short vectors underflow.
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
 * Computes the statistics of feature i from its measure.
 *
 * @param eigenvalues eigenvalues of S for vectors times `scale`.
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
