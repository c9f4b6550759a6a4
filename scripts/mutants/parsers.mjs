// The parsers and schemas: what is read, how damage gets beneath their checksums, and what a reference needs.

import { insideMat, insideNpy, insideParquet, insideSafetensors, insideZip } from './covers.mjs';

/**
 * Parsers by name.
 *
 * - read: how polysem reads the file (see reading.mjs).
 * - inside: damages a part of the file and writes the lengths and sums around it again.
 * - more: memory that it may take whatever the size of the file, in bytes; default 0.
 * - packages: Python packages of the reference reader; absent if there is no reference.
 */
export const PARSERS = {
  npy: { read: 'tensors', inside: insideNpy, packages: ['numpy'] },
  npz: { read: 'tensors', inside: insideZip, packages: ['numpy'] },
  safetensors: {
    read: 'tensors',
    inside: insideSafetensors,
    packages: ['numpy', 'safetensors', 'ml_dtypes'],
  },
  shards: { read: 'tensors', packages: ['numpy', 'safetensors', 'ml_dtypes'] },
  gguf: { read: 'tensors', packages: ['numpy', 'gguf'] },
  torch: { read: 'tensors', inside: insideZip, packages: ['numpy', 'torch'] },
  onnx: { read: 'tensors', packages: ['numpy', 'onnx'] },
  parquet: { read: 'table', inside: insideParquet, packages: ['numpy', 'pyarrow'] },
  mat: { read: 'tensors', inside: insideMat, packages: ['numpy', 'scipy'] },
  'csv-matrix': { read: 'tensors', packages: ['numpy'] },
  'csv-table': { read: 'table', packages: ['numpy'] },
  labels: { read: 'labels' },
  configuration: { read: 'dictionaries' },
  // Each axis of a few words may have a million values.
  sweep: { read: 'sweep', more: 100e6 },
  result: { read: 'result' },
};
