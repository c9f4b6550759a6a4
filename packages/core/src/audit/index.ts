/**
 * Comparison of measured capacities with the theory at one price; statistics of activations.
 *
 * @module
 */
export { activationStatistics, varianceExplained } from './activation-statistics.ts';
export { type Audit, auditCapacity } from './audit-capacity.ts';
export type { Estimate } from './bootstrap.ts';
export type { Goodness } from './goodness.ts';
export { kurtosisFromDensity } from './statistics.ts';
