import type { ByteSource } from '../../bytes/byte-source.ts';
import { stem } from '../../bytes/stem.ts';
import type { MatrixContent, MatrixOptions } from '../../tables/matrix-options.ts';
import { matrixFile } from '../../tables/matrix-file.ts';
import type { Format } from '../format.ts';
import { isComment } from './comment.ts';
import { findDialect, isRowLike, type Dialect } from './dialect.ts';
import { matrixRows } from './matrix-rows.ts';
import { NUMBER } from './number-text.ts';
import { refuser, splitSample, visitRecords } from './records.ts';
import { readCsvTable } from './table.ts';

/*
 * polysem has its own reader because the errors matter here: it names the line and column of a cell that is not a
 * number, and never turns such a cell into NaN or drops it.
 */

export const csvFormat: Format = {
  name: 'csv',
  title: 'CSV',
  extensions: ['.csv', '.tsv'],
  // Text has no signature, so a file is known by its name.
  recognises: ({ source, start }) =>
    source.isUnnamed === true ? isText(start) : /\.[ct]sv$/i.test(source.name),
  openTensors: async ({ source }, { matrix }) =>
    matrixFile(source, 'csv', stem(source.name, /\.[ct]sv$/i), await readCsvMatrix(source, matrix)),
  readTable: readCsvTable,
  reads:
    'as weights: one matrix of numbers, with or without names of columns and rows; as a table: numbers and text',
  refuses: 'as weights: text among the numbers, and a first line or column in doubt',
};

/** True if bytes are text that may be a table: no JSON or XML, and no control characters unless it is UTF-16. */
function isText(start: Uint8Array): boolean {
  const [first, second] = start;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const isMarkup = first === 0x7b || first === 0x3c;
  return isUtf16 || (!isMarkup && start.every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13)));
}

/**
 * Reads a table of numbers, rows x columns. Cells are separated by commas, semicolons, tabs or spaces and may be quoted.
 * One line of names may precede the numbers, and an index or names of rows may stand in the first column; lines that begin
 * with `#` are comments; blank lines are allowed only at the end.
 *
 * Rejects with FormatError that names line and column if a cell is not a finite number, lines differ in length, there are
 * no numbers, or it is uncertain whether the first line or column holds numbers.
 */
async function readCsvMatrix(
  source: ByteSource,
  options: MatrixOptions = {},
): Promise<MatrixContent> {
  const refuse = refuser(source);
  let dialect: Dialect = { delimiter: ',', columns: 0 };
  let comments = 0;
  const rows = matrixRows(source.name, () => dialect, options, refuse);
  const isSkipped = (line: string, number: number): boolean => {
    if (!isComment(line)) return false;
    const cells = splitSample([line], dialect.delimiter)[0]?.cells ?? [];
    if (isRowLike(cells, dialect)) {
      if (!NUMBER.test(cells[0].replace(/^[\s#]+/, '').trim())) return false;
      refuse(number, 'begins with # but holds a row of numbers; remove the # or the line');
    }
    comments++;
    return true;
  };
  const encoding = await visitRecords(
    source,
    (sample) => {
      dialect = findDialect(sample);
      return dialect.delimiter;
    },
    rows.add,
    isSkipped,
  );
  const content = rows.finish();
  const notes = [
    ...(encoding === 'utf-8' ? [] : [`read as ${encoding.toUpperCase()}`]),
    ...(dialect.delimiter === ' ' ? ['cells are separated by spaces'] : []),
    ...(comments === 0 ? [] : [`left out ${comments} comment line${comments > 1 ? 's' : ''} (#)`]),
  ];
  return { ...content, notes: [...notes, ...content.notes] };
}
