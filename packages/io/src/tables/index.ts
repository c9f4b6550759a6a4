/**
 * Tables in CSV and Parquet.
 *
 * @module
 */
export type { MatrixOptions } from './matrix-options.ts';
export { readTable } from './read-table.ts';
export { finiteColumn, type Table, type TableColumn, type TableOptions } from './table.ts';
export type { WrittenColumn } from './written-column.ts';
export { csvDoubts } from './csv-doubts.ts';
export { csvPieces, encodeCsv } from '../formats/csv/encode.ts';
export { encodeParquet, parquetPieces } from '../formats/parquet/encode.ts';
export {
  type GroupCells,
  type GroupColumn,
  parquetGroups,
} from '../formats/parquet/encode-groups.ts';
