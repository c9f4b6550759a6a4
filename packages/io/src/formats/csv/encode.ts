import { concatBytes } from '../../bytes/concat-bytes.ts';
import { checkColumns, type WrittenColumn } from '../../tables/written-column.ts';

const ROWS_AT_ONCE = 16_384;

/**
 * Encodes a CSV file in pieces: `# key: value` lines of metadata, a line of names, and one line per row. Doubles get
 * the fewest digits that restore them, floats at most nine; NaN is an empty cell. Text and names are quoted where
 * necessary.
 *
 * @param columns columns of the same length.
 * @param metadata key-value pairs before the names.
 * @returns the pieces of the file.
 * @throws RangeError if there is no column, columns differ in length, a name is empty, duplicate or a number, or
 *   metadata contain a line break or a key contains a colon.
 * @example
 * ```js
 * import { csvPieces } from '@polysem/io/tables';
 * [...csvPieces([{ name: 'x', values: Float64Array.of(1, 2) }])].length; // 2
 * ```
 */
export function* csvPieces(
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const rows = checkColumns('encodeCsv', columns);
  const encoder = new TextEncoder();
  const notes = Object.entries(metadata).map(([key, value]) => {
    if (/[\r\n]/.test(key + value) || key.includes(':') || key === '') {
      throw new RangeError(
        `encodeCsv: metadata ${JSON.stringify(key)} does not fit one line; remove line breaks, and colons from the key`,
      );
    }
    return `# ${key}: ${value}\n`;
  });
  yield encoder.encode(`${notes.join('')}${columns.map(({ name }) => quoted(name)).join(',')}\n`);
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
 * @param metadata key-value pairs before the names.
 * @returns the bytes of the file.
 * @throws RangeError as `csvPieces` does.
 * @example
 * ```js
 * import { encodeCsv } from '@polysem/io/tables';
 * new TextDecoder().decode(encodeCsv([{ name: 'x', values: Float64Array.of(0.5) }])); // 'x\n0.5\n'
 * ```
 */
export function encodeCsv(
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return concatBytes(csvPieces(columns, metadata));
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

/** An empty cell alone would be a blank line, and a leading # a comment to some readers. */
function quoted(text: string): string {
  return text === '' || /[",;\t\r\n#]|^\s|\s$/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
