/**
 * Files of weights and tables, from bytes in memory, files of a page and the web: tensors, layouts of checkpoints, labels.
 *
 * @module
 */
export * from '@polysem/io';
export * from '@polysem/io/bytes';
export * from '@polysem/io/formats';
export * from '@polysem/io/layouts';
export * from '@polysem/io/labels';
export * from '@polysem/io/tables';
