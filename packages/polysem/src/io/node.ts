/**
 * Files on disk, in Node.
 *
 * @module
 */
export * from '@polysem/io/node';
