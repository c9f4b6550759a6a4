import { embedding, type Embedding } from '../embedding/embedding.ts';
import { forEachInBasis } from '../embedding/coordinates.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import {
  inUnits,
  unitSpectrum,
  type FrameSpectrum,
  type SpectrumOptions,
} from './frame-spectrum.ts';
import {
  noSpectralFigures,
  roomForMeasure,
  takeFigures,
  writeMeasure,
  type FeatureSpectrum,
  type SpectralFigures,
} from './spectral-figures.ts';

/**
 * Calls `visit` with the spectral measure of each feature, in O(N D rank). Only one measure is in memory at a time.
 *
 * With S = sum_k lambda_k P_k, P_k the projection on eigenspace k, the measure of feature i assigns to lambda_k the weight
 * |P_k w_i|^2 / |w_i|^2: the distribution of its squared norm over eigenspaces (Spectral Superposition, arXiv:2602.02224).
 *
 * @param w the embedding, D x N.
 * @param spectrum spectrum of W, from `frameSpectrum`.
 * @param visit called with the index and the measure of each feature; the measure is reused.
 */
export function forEachSpectralMeasure(
  w: Embedding,
  spectrum: FrameSpectrum,
  visit: (i: number, measure: FeatureSpectrum) => void,
): void {
  const { rank, vectors } = spectrum;
  const measure = roomForMeasure(spectrum);
  const unit = rescaled(w, powerOfTwoScale(w, 'forEachSpectralMeasure'));
  forEachInBasis(unit, vectors, rank, (i, t) => {
    writeMeasure(measure, spectrum, t);
    visit(i, measure);
  });
}

/** Options of {@link spectralMeasures}. */
export interface SpectralMeasureOptions extends SpectrumOptions {
  /** True to return the weights of each feature on each of the K eigenspaces, N K numbers. Default true. */
  readonly weights?: boolean;
}

/** Statistics of the spectral measures of all features, and the spectrum. */
export interface SpectralMeasures extends SpectralFigures {
  readonly spectrum: FrameSpectrum;
  /** N, the number of features. */
  readonly features: number;
  /** Weights on the K eigenspaces, N x K, where each row sums to 1; null if not requested. */
  readonly weights: Float64Array | null;
}

/**
 * Computes the spectral measures of all features, in O(N D min(N, D)) time and with N K + D^2 numbers of memory for K
 * eigenspaces.
 *
 * @param w the embedding, D x N.
 * @param options see {@link SpectralMeasureOptions}.
 * @returns statistics of each measure, and the spectrum.
 * @throws RangeError if W holds a number that is not finite, its data do not have D x N entries, or the spread is not in
 *   [0, 1).
 * @example
 * ```js
 * import { polytope, spectralMeasures } from 'polysem/geometry';
 * spectralMeasures(polytope('triangle')).localisation; // [1.000, 1.000, 1.000]
 * ```
 */
export function spectralMeasures(
  w: Embedding,
  options: SpectralMeasureOptions = {},
): SpectralMeasures {
  const { features } = embedding(w.dims, w.features, w.data);
  const scale = powerOfTwoScale(w, 'spectralMeasures');
  const unit = rescaled(w, scale);
  const spectrum = unitSpectrum(unit, options);
  const { eigenvalues, eigenspaces } = spectrum;
  const spaces = eigenspaces.length;
  const weights = options.weights === false ? null : new Float64Array(features * spaces);
  const figures = noSpectralFigures(features);
  forEachSpectralMeasure(unit, spectrum, (i, measure) => {
    takeFigures(figures, i, measure, eigenvalues, scale);
    weights?.set(measure.eigenspaceWeights, i * spaces);
  });
  return { spectrum: inUnits(spectrum, scale), features, weights, ...figures };
}

/**
 * Expected localisation of a uniformly random direction in the span of the features: the null model for `localisation`. The
 * weight of the direction on a space of m of the r dimensions follows Beta(m / 2, (r - m) / 2), whose second moment is
 * m (m + 2) / (r (r + 2)).
 *
 * @param spectrum from `frameSpectrum`.
 * @returns a number in (0, 1]; 0 for a zero matrix.
 */
export function randomLocalisation({ rank, eigenspaces }: FrameSpectrum): number {
  if (rank === 0) return 0;
  const moment = eigenspaces.reduce((sum, { dims }) => sum + dims * (dims + 2), 0);
  return moment / (rank * (rank + 2));
}
