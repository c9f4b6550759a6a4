import { concatBytes } from '../../bytes/concat-bytes.ts';
import { checkColumns, type WrittenColumn } from '../../tables/written-column.ts';

const ROWS_AT_ONCE = 16_384;

/**
 * The bytes of a CSV file, piece by piece: `# key: value` lines of metadata, a line of names, and a line a row. Doubles
 * have the fewest digits that say them exactly, floats nine at most; NaN is an empty cell. Texts are quoted where they
 * must be, and so are names.
 *
 * @throws RangeError if there is no column, columns differ in length, or a name is empty, taken or a number, or if the
 * metadata have a line break, or a key with a colon.
 */
export function* csvPieces(
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const rows = checkColumns('encodeCsv', columns);
  const encoder = new TextEncoder();
  const notes = Object.entries(metadata).map(([key, value]) => {
    if (/[\r\n]/.test(key + value) || key.includes(':') || key === '') {
      throw new RangeError(`encodeCsv: the metadata ${JSON.stringify(key)} do not fit one line`);
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

/** The bytes of a CSV file, all at once. Errors and format as of `csvPieces`. */
export function encodeCsv(
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return concatBytes(csvPieces(columns, metadata));
}

function cellOf(values: WrittenColumn['values']): (row: number) => string {
  if (!ArrayBuffer.isView(values)) return (row) => quoted(values[row]);
  if (!(values instanceof Float32Array)) return (row) => numeral(values[row]);
  // Nine digits tell any float from its neighbours; as a double it would have seventeen.
  return (row) => numeral(values[row] === 0 ? values[row] : Number(values[row].toPrecision(9)));
}

function numeral(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? '' : value > 0 ? 'inf' : '-inf';
}

/** A row of one empty text would be a blank line, and a text that begins with # a comment to some readers. */
function quoted(text: string): string {
  return text === '' || /[",;\t\r\n#]|^\s|\s$/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
