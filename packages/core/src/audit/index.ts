export { activationStatistics, varianceExplained } from './activation-statistics.ts';
export { type Audit, auditCapacity } from './audit-capacity.ts';
export type { Estimate } from './bootstrap.ts';
export type { Goodness } from './goodness.ts';
export { kurtosisFromDensity } from './statistics.ts';
