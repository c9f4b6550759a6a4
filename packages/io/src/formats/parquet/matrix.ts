import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote, quoteList } from '../../bytes/format-error.ts';
import type { MatrixContent, MatrixOptions } from '../../tables/matrix-options.ts';
import { finiteColumn, type Table, type TableOptions } from '../../tables/table.ts';
import { classifyNumbers } from '../../tables/first-column.ts';
import { unnamedIndices } from '../../tables/unnamed-columns.ts';
import type { ParquetMetadata } from './metadata.ts';
import { readColumns, readFooter } from './table.ts';

/**
 * Reads all columns of numbers as one matrix, rows x columns. An index of pandas is left out, a column of text names the
 * rows.
 *
 * Rejects with FormatError if a number is missing, several columns hold text, or it is uncertain whether the first column
 * is an index.
 */
export async function readParquetMatrix(
  source: ByteSource,
  options: MatrixOptions,
  brotli: TableOptions['brotli'],
): Promise<MatrixContent> {
  const metadata = await readFooter(source);
  const table = await readColumns(source, metadata, brotli === undefined ? {} : { brotli });
  const notes: string[] = [];
  const texts = table.columns.filter(({ values }) => !(values instanceof Float64Array));
  if (texts.length > 1) {
    const names = quoteList(texts.map(({ name }) => name));
    const problem = `has ${texts.length} columns of text, ${names}; a matrix has at most one, which names its rows`;
    throw new FormatError(source.name, problem);
  }
  const rowNames = texts.flatMap(({ values }) => [...values].map(String));
  if (texts.length > 0) notes.push(`column ${quote(texts[0].name)} holds the names of the rows`);
  const index = indexColumns(metadata, table, options);
  for (const name of index) notes.push(`column ${quote(name)} is an index; left out`);
  const numbers = table.columns.filter(
    ({ name, values }) => values instanceof Float64Array && !index.includes(name),
  );
  const unnamed =
    options.indexColumn === false
      ? []
      : unnamedIndices(
          numbers.map(({ name }) => name),
          table.rows,
          (row, column) => Number(numbers[column].values[row]),
        );
  if ('problem' in unnamed) throw new FormatError(source.name, unnamed.problem);
  for (const at of unnamed) notes.push(`column ${quote(numbers[at].name)} is an index; left out`);
  const kept = numbers.filter((_, at) => !unnamed.includes(at));
  if (kept.length === 0 || table.rows === 0)
    throw new FormatError(source.name, 'holds no numbers; a matrix has at least one');
  const columns = kept.map(({ name }) => finiteColumn(table, name));
  const data = new Float64Array(table.rows * columns.length);
  columns.forEach((column, j) => {
    for (let i = 0; i < table.rows; i++) data[i * columns.length + j] = column[i];
  });
  const content = { shape: [table.rows, columns.length] as const, data, notes };
  return rowNames.length > 0 ? { ...content, rowNames } : content;
}

/** Finds the columns of numbers that are an index. @throws FormatError if that is uncertain. */
function indexColumns(
  { notes, columns: known }: ParquetMetadata,
  { source, columns, rows }: Table,
  options: MatrixOptions,
): string[] {
  const numbers = columns.filter(({ values }) => values instanceof Float64Array);
  if (numbers.length < 2 || options.indexColumn === false) return [];
  const [{ name, values }] = numbers;
  if (options.indexColumn === true) return columns[0].name === name ? [name] : [];
  const declared = pandasIndex(notes);
  const own = numbers.filter((column) => declared.has(column.name));
  if (own.length > 0) return own.map((column) => column.name);
  const kind = classifyNumbers(
    {
      name,
      length: rows,
      number: (row) => Number(values[row]),
      isWhole: known.find((column) => column.name === name)?.kind?.name === 'integer',
    },
    false,
  );
  if (typeof kind === 'object') throw new FormatError(source, kind.problem);
  return kind === 'index' ? [name] : [];
}

/** Names of the columns that the metadata of pandas declare as its index. */
function pandasIndex(notes: ParquetMetadata['notes']): Set<unknown> {
  const text = notes.find(([key]) => key === 'pandas')?.[1];
  try {
    const { index_columns: names } = JSON.parse(text ?? '{}') as { index_columns?: unknown };
    return new Set(Array.isArray(names) ? (names as unknown[]) : []);
  } catch {
    return new Set();
  }
}
