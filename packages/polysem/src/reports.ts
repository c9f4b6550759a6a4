/**
 * Web pages and text that present results.
 *
 * @module
 */
export * from '@polysem/reports/audit';
export * from '@polysem/reports/comparison';
export * from '@polysem/reports/geometry';
export * from '@polysem/reports/measurement';
export * from '@polysem/reports/page';
export * from '@polysem/reports/phase';
export * from '@polysem/reports/reproduction';
export * from '@polysem/reports/results';
export * from '@polysem/reports/sweep';
export * from '@polysem/reports/sweep/status';
export * from '@polysem/reports/text';
