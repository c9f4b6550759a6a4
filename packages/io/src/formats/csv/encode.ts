import { concatBytes } from '../../bytes/concat-bytes.ts';
import { checkColumns, type WrittenColumn } from '../../tables/written-column.ts';
import { needsProtection, needsQuotes, protectText } from './protected-text.ts';

const ROWS_AT_ONCE = 16_384;

/**
 * Encodes a CSV file in pieces: a line of names and one line per row. Doubles get the fewest digits that restore them,
 * floats at most nine; NaN is an empty cell. Text and names are quoted where necessary.
 *
 * Texts that a spreadsheet would run (they begin with `=`, `+`, `-`, `@`, a tab or a CR) or that pandas reads as missing
 * (such as `NA`) are written behind an apostrophe, which `readTable` removes; the name of such a column is in quotes.
 *
 * @param columns columns of the same length.
 * @returns the pieces of the file.
 * @throws RangeError if there is no column, columns differ in length, or a name is empty or duplicate.
 * @example
 * ```js
 * import { csvPieces } from 'polysem/io';
 * [...csvPieces([{ name: 'x', values: Float64Array.of(1, 2) }])].length; // 2
 * ```
 */
export function* csvPieces(columns: readonly WrittenColumn[]): Generator<Uint8Array> {
  const rows = checkColumns('encodeCsv', columns);
  const encoder = new TextEncoder();
  yield encoder.encode(`${columns.map(heading).join(',')}\n`);
  const cells = columns.map(({ values }) => cellOf(values));
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const last = Math.min(rows, first + ROWS_AT_ONCE);
    let text = '';
    for (let row = first; row < last; row++) {
      for (let i = 0; i < cells.length; i++) text += i === 0 ? cells[i](row) : `,${cells[i](row)}`;
      text += '\n';
    }
    yield encoder.encode(text);
  }
}

/**
 * Encodes a CSV file at once. Format and errors are those of `csvPieces`.
 *
 * @param columns columns of the same length.
 * @returns the bytes of the file.
 * @throws RangeError as `csvPieces` does.
 * @example
 * ```js
 * import { encodeCsv } from 'polysem/io';
 * new TextDecoder().decode(encodeCsv([{ name: 'x', values: Float64Array.of(0.5) }])); // 'x\n0.5\n'
 * ```
 */
export function encodeCsv(columns: readonly WrittenColumn[]): Uint8Array {
  return concatBytes(csvPieces(columns));
}

/** The name of a column; in quotes if the column has protected texts. */
function heading({ name, values }: WrittenColumn): string {
  const isProtected = !ArrayBuffer.isView(values) && values.some(needsProtection);
  return isProtected ? inQuotes(name) : quoted(name);
}

function cellOf(values: WrittenColumn['values']): (row: number) => string {
  if (!ArrayBuffer.isView(values)) return (row) => quoted(protectText(values[row]));
  if (!(values instanceof Float32Array)) return (row) => numeral(values[row]);
  // Nine digits distinguish any float from its neighbours; as a double it would get seventeen.
  return (row) => numeral(values[row] === 0 ? values[row] : Number(values[row].toPrecision(9)));
}

function numeral(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? '' : value > 0 ? 'inf' : '-inf';
}

function quoted(text: string): string {
  return needsQuotes(text) ? inQuotes(text) : text;
}

function inQuotes(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
