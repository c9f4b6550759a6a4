/**
 * The parts of the reproduction report: figures, tables and claims of the paper.
 *
 * @module
 */
export { bySection, type ClaimSection, expectedText, measuredText } from './claim-text.ts';
export { equationsPart } from './equations.ts';
export { figure2Part } from './figure2.ts';
export { figure4Part } from './figure4.ts';
export { figure7Part } from './figure7.ts';
export { geometryPart } from './geometry.ts';
export { kurtosisPart } from './kurtosis.ts';
export { networkPart } from './network.ts';
export { figuresOf, type Reproduction, reproductionPage } from './report.ts';
export type { ReportPart } from './section.ts';
export { type Slip, slips } from './slips.ts';
