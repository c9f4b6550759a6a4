/**
 * Bytes to typed arrays and back: weights, tables, layouts of checkpoints, labels.
 *
 * @module
 */
export { bytesSource, type ByteSource } from './bytes/byte-source.ts';
export { FormatError } from './bytes/format-error.ts';
export type { TensorFile } from './tensors/tensor-file.ts';
export type { NumericArray, Tensor, TensorEntry } from './tensors/tensor.ts';
export type { TensorReader } from './tensors/tensor-reader.ts';
export { listTensors, openTensors, readTensor, type OpenOptions } from './formats/open-tensors.ts';
export { encodeNpy } from './formats/npy/npy.ts';
export { encodeSafetensors } from './formats/safetensors/safetensors.ts';
export { readTable } from './tables/read-table.ts';
export type { Table, TableColumn, TableOptions } from './tables/table.ts';
export { embeddingToMatrix, toEmbedding, type FeaturesAxis } from './features/embedding.ts';
export { featureSource, type FeatureSourceOptions } from './features/feature-source.ts';
