import { startsWith, type Format } from '../format.ts';
import { PARQUET_MAGIC, readParquetTable } from './table.ts';

export const parquetFormat: Format = {
  name: 'parquet',
  title: 'Parquet',
  extensions: ['.parquet'],
  recognises: (head) => startsWith(head, PARQUET_MAGIC),
  readTable: readParquetTable,
  reads: 'numbers, booleans and text; uncompressed, snappy, gzip, zstd, LZ4 and, in Node, Brotli',
  refuses: 'dates, lists, decimals; delta encodings',
};
