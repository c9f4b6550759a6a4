/**
 * Elementary and special functions whose bytes are the same on every machine; quadrature.
 *
 * @module
 */
export { type BetaAt, betaCdf, betaDistribution, betaQuantile } from './beta.ts';
export { cosineOfHalfTurns } from './cosine.ts';
export { exp } from './exponential.ts';
export { ln, ln1p } from './logarithm.ts';
export { interpolateLog, logSpaced, realPower } from './log-spaced.ts';
export { normalCdf, normalDensity, normalQuantile } from './normal.ts';
export { power } from './power.ts';
export { gaussLegendre, integrate } from './quadrature.ts';
export { medianOfSorted, quantile } from './quantile.ts';
