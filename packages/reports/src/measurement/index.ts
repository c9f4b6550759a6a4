export { describeMatrix, takenFrom } from './describe.ts';
export { featureFile } from './per-feature.ts';
export { measureReport } from './report.ts';
