/**
 * Capacity, leverage, interference, spectra, coherence, neurons, the Gaussian baseline.
 *
 * @module
 */
export { mutualCoherence, welchBound } from './coherence.ts';
export { gaussianBaseline, type GaussianBaseline } from './gaussian-baseline.ts';
export { binEdges, histogram } from './histogram.ts';
export { marchenkoPasturSpectrum } from './marchenko-pastur.ts';
export { type CapacityMeasurement, measureCapacity } from './measure.ts';
export { measureNeurons, type NeuronMeasurement } from './neurons.ts';
export { effectiveRank, participationRatio } from './spectral.ts';
export { efficiency, summarise, type Summary } from './summary.ts';
