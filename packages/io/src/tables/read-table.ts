import type { ByteSource } from '../bytes/byte-source.ts';
import { csvFormat } from '../formats/csv/csv.ts';
import { readHead } from '../formats/open-tensors.ts';
import { refuseImpostor } from '../formats/not-weights.ts';
import { FORMATS } from '../formats/registry.ts';
import type { Table, TableOptions } from './table.ts';

/**
 * Reads a table with named columns: Parquet, recognised by its content, or else text whose first line names the columns,
 * separated by commas, semicolons or tabs.
 *
 * A column of text becomes a column of numbers if every cell is a number, empty, or a mark for a missing number such as
 * `nan`. Beside semicolons and tabs, numbers may have decimal commas, if none in the table has a decimal point and not all
 * commas may separate thousands; `notes` says so. Of a Parquet file, only the columns asked for are read.
 *
 * @param source the bytes of the file.
 * @param options the columns wanted, and a decompressor for Brotli.
 * @returns the columns in the order asked for, or all columns in the order of the file.
 * @throws FormatError (as a rejection) that names the line or row and the column if the file is damaged, lacks a column, or
 *   has a column of a type that is not read.
 *
 * @example
 * ```js
 * import { bytesSource, readTable } from 'polysem/io';
 * const text = new TextEncoder().encode('token,norm\ncat,0.5\ndog,2\n');
 * const { columns } = await readTable(bytesSource('norms.csv', text), { columns: ['norm'] });
 * columns[0].values[1]; // 2
 * ```
 */
export async function readTable(source: ByteSource, options: TableOptions = {}): Promise<Table> {
  const head = await readHead(source);
  refuseImpostor(head);
  for (const { readTable: read, recognises } of FORMATS) {
    // oxlint-disable-next-line no-await-in-loop -- the first format that recognises the file reads it
    if (read !== undefined && (await recognises(head))) return read(source, options);
  }
  // Text has no signature: whatever is nothing else is read as text.
  return (csvFormat.readTable as NonNullable<typeof csvFormat.readTable>)(source, options);
}
