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
export { isUrl, shownLocation } from './hf-url.ts';
export { encodeNpy } from './npy.ts';
export { encodeSafetensors } from './safetensors.ts';
export { embeddingToMatrix, toEmbedding, type FeaturesAxis } from './embedding.ts';
export {
  PRESETS,
  tensorsOf,
  type FeatureMatrix,
  type NormFold,
  type Preset,
  type VectorProduct,
  type VectorRange,
} from './layouts/feature-matrix.ts';
export { findFeatures, type FeatureHints, type FoundFeatures } from './layouts/find-features.ts';
export { gatherFeatures, vectorsOf, type FeatureRecipe } from './layouts/gather-features.ts';
export { openFeatures } from './layouts/open-features.ts';
export type { ModelConfig } from './layouts/model-config.ts';
export { readConfig } from './layouts/read-config.ts';
export { bothReadings, type Reading } from './layouts/readings.ts';
export { labelsOfTable } from './labels/label-column.ts';
export { parseLabels } from './labels/parse-labels.ts';
export { featureSource, type FeatureSourceOptions } from './feature-source.ts';
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
