export { listTensors, openTensors, readTensor, type OpenOptions } from './open-tensors.ts';
export { openFolder } from './open-folder.ts';
