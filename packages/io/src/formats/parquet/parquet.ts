import { stem } from '../../bytes/stem.ts';
import { matrixFile } from '../../tables/matrix-file.ts';
import { startsWith, type Format } from '../format.ts';
import { readParquetMatrix } from './matrix.ts';
import { PARQUET_MAGIC, readParquetTable } from './table.ts';

export const parquetFormat: Format = {
  name: 'parquet',
  title: 'Parquet',
  extensions: ['.parquet'],
  recognises: (head) => startsWith(head, PARQUET_MAGIC),
  openTensors: async ({ source }, { matrix = {}, brotli }) =>
    matrixFile(
      source,
      'parquet',
      stem(source.name, /\.parquet$/i),
      await readParquetMatrix(source, matrix, brotli),
    ),
  readTable: readParquetTable,
  reads:
    'numbers, booleans and text, as a table or as one matrix; uncompressed, snappy, gzip, zstd, LZ4 and, in Node, Brotli',
  refuses: 'dates, lists, decimals; delta encodings',
};
