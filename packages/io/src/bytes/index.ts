/**
 * Bytes from memory, disk and the web; zip members; decompression.
 *
 * @module
 */
export { bytesSource, type ByteSource } from './byte-source.ts';
export { decodeText } from './decode-text.ts';
export { FormatError, printable } from './format-error.ts';
export { fileSource, filesFolder, type NamedBlob } from './file-source.ts';
export { isUrl, shownLocation, isStandardInput } from './hf-url.ts';
export type { SourceFolder } from './source-folder.ts';
export { folderOfUrl, openUrl, urlFolder, type UrlOptions } from './url-source.ts';
