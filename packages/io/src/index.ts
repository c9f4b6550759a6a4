export { bytesSource, type ByteSource } from './byte-source.ts';
export { FormatError } from './format-error.ts';
export type { DType, FloatDType, IntegerDType, NumericDType } from './dtype.ts';
export {
  assertFinite,
  type NumericArray,
  type Tensor,
  type TensorEntry,
  type TensorFile,
} from './tensor.ts';
export type { TensorReader } from './tensor-reader.ts';
export { listTensors, openTensors, readTensor, type OpenOptions } from './open-tensors.ts';
export { openFolder, type SourceFolder } from './source-folder.ts';
export { fileSource, filesFolder, type NamedBlob } from './file-source.ts';
export { openUrl, urlFolder, folderOfUrl, type UrlOptions } from './url-source.ts';
export { isUrl } from './hf-url.ts';
export { encodeNpy } from './npy.ts';
export { encodeSafetensors } from './safetensors.ts';
export { embeddingToMatrix, toEmbedding, type FeaturesAxis } from './embedding.ts';
export {
  finiteColumn,
  readTable,
  type Table,
  type TableColumn,
  type TableOptions,
} from './table.ts';
export { encodeParquet, parquetPieces } from './parquet-encode.ts';
export { csvPieces, encodeCsv } from './csv-encode.ts';
export type { WrittenColumn } from './written-column.ts';
export { featureSource, type FeatureSourceOptions } from './feature-source.ts';
