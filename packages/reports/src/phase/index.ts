/**
 * Phase diagrams as panels and text.
 *
 * @module
 */
export { describeModel } from './describe-model.ts';
export { capacityMap, jumpLines, phaseMap } from './grid-panels.ts';
