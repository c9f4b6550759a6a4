import { concatBytes } from '../../bytes/concat-bytes.ts';
import { checkColumns, type WrittenColumn } from '../../tables/written-column.ts';

const ROWS_AT_ONCE = 16_384;

/**
 * Encodes a CSV file in pieces: a line of names and one line per row. Doubles get the fewest digits that restore them,
 * floats at most nine; NaN is an empty cell. Texts are written as they are, in quotes where necessary; `csvDoubts` names
 * those that a program may take for something else.
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
  yield encoder.encode(`${columns.map(({ name }) => quoted(name)).join(',')}\n`);
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

function cellOf(values: WrittenColumn['values']): (row: number) => string {
  if (!ArrayBuffer.isView(values)) return (row) => quoted(values[row]);
  if (!(values instanceof Float32Array)) return (row) => numeral(values[row]);
  // Nine digits distinguish any float from its neighbours; as a double it would get seventeen.
  return (row) => numeral(values[row] === 0 ? values[row] : Number(values[row].toPrecision(9)));
}

function numeral(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? '' : value > 0 ? 'inf' : '-inf';
}

/** A cell of text. Empty, it would be a blank line where it is alone; with # at its beginning, a comment. */
function quoted(text: string): string {
  const needsQuotes = text === '' || /[",;\t\r\n#]|^\s|\s$/.test(text);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}
