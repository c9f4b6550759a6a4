/**
 * Files on disk, in Node.
 *
 * @module
 */
export { inflateBrotli } from './brotli.ts';
export { openFile, type FileSource } from './open-file.ts';
export { openLocation } from './open-location.ts';
export { localFolder, type LocalFolder } from './local-folder.ts';
export { openWeights, type OpenedWeights, type WeightsOptions } from './open-weights.ts';
export { openStandardInput } from './standard-input.ts';
export { spooled, type SpooledSource } from './spool.ts';
export { writeFileAtomic, type FileContent } from './write-file-atomic.ts';
