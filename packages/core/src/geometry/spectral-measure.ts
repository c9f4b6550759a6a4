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
  const { rank, vectors } = spectrum;
  const measure = roomForMeasure(spectrum);
  const unit = rescaled(w, powerOfTwoScale(w, 'forEachSpectralMeasure'));
  forEachInBasis(unit, vectors, rank, (i, t) => {
    writeMeasure(measure, spectrum, t);
    visit(i, measure);
  });
}

/** What {@link spectralMeasures} is to find and keep. */
export interface SpectralMeasureOptions extends SpectrumOptions {
  /** Whether to keep the weights of each feature on each eigenspace, N K numbers; true if absent. */
  readonly weights?: boolean;
}

/** The spectral measures of all features: figures of each, and the spectrum that they are measured in. */
export interface SpectralMeasures extends SpectralFigures {
  readonly spectrum: FrameSpectrum;
  /** N, the number of features. */
  readonly features: number;
  /** Weights on the K eigenspaces, N x K, each row with sum 1; null if they were not to be kept. */
  readonly weights: Float64Array | null;
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
 * Expected localisation of a direction drawn uniformly from the span of the features, the null model of
 * `localisation`: its weight on a space of m out of r dimensions is Beta(m / 2, (r - m) / 2), whose second moment is
 * m (m + 2) / (r (r + 2)). 0 for a zero matrix.
 */
export function randomLocalisation({ rank, eigenspaces }: FrameSpectrum): number {
  if (rank === 0) return 0;
  const moment = eigenspaces.reduce((sum, { dims }) => sum + dims * (dims + 2), 0);
  return moment / (rank * (rank + 2));
}
