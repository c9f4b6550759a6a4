/**
 * Capacity, leverage, interference, spectra, coherence, neurons, the Gaussian baseline.
 *
 * @module
 */
export * from '@polysem/core/capacity';
