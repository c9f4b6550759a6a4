export { openFile, type FileSource } from './open-file.ts';
export { localFolder, type LocalFolder } from './local-folder.ts';
export { openWeights, type OpenedWeights, type WeightsOptions } from './open-weights.ts';
export { spooled, type SpooledSource } from './spool.ts';
export { writeFileAtomic } from './write-file-atomic.ts';
