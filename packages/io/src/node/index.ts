export { openFile, type FileSource } from './open-file.ts';
export { writeFileAtomic } from './write-file-atomic.ts';
