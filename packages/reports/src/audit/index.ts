export { describeAudit } from './describe.ts';
export { auditFile } from './per-feature.ts';
