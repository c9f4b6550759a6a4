/**
 * File formats: one row each, from recognition to help text.
 *
 * @module
 */
export type { FileHead, Format, OpenOptions, OpenShard } from './format.ts';
export { openFolder } from './open-folder.ts';
export { listTensors, openTensors, readTensor } from './open-tensors.ts';
export { FORMATS, fileExtensions } from './registry.ts';
