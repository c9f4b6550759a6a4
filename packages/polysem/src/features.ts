/**
 * Inputs: distributions of features, correlation, moments, sampling, strata, data.
 *
 * @module
 */
export * from '@polysem/core/features';
