/**
 * An audit as text and as a table.
 *
 * @module
 */
export { describeAudit } from './describe.ts';
export { auditFiles } from './per-feature.ts';
