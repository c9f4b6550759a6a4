import { viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { placesOf } from '../../tables/column-places.ts';
import type { Table, TableColumn, TableOptions } from '../../tables/table.ts';
import { parquetCodecs, type Codecs, type Inflate } from './codecs.ts';
import {
  parseMetadata,
  type ColumnChunk,
  type ParquetColumn,
  type ParquetMetadata,
} from './metadata.ts';
import { readPages, type PageValues } from './pages.ts';

/** The first and last bytes of every Parquet file: `PAR1`. */
export const PARQUET_MAGIC: Uint8Array = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/**
 * Cells that a file may have: a constant, and a factor of its size. Repeated values take almost no bytes, so a file can
 * claim any number of rows.
 */
const FREE_CELLS = 100_000;
const CELLS_PER_BYTE = 50;

/**
 * Reads a Parquet file, as `readTable` describes. Columns and row groups are read one at a time, so memory holds the
 * result and one column of one group.
 */
export async function readParquetTable(source: ByteSource, options: TableOptions): Promise<Table> {
  return readColumns(source, await readFooter(source), options);
}

/** Reads the wanted columns of a file whose footer was read. */
export async function readColumns(
  source: ByteSource,
  { columns: known, groups, notes }: ParquetMetadata,
  { columns: wanted, brotli }: TableOptions,
): Promise<Table> {
  const places = placesOf(
    source.name,
    known.map(({ name }) => name),
    wanted,
  );
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const cells = rows * places.length;
  if (!(cells <= FREE_CELLS + CELLS_PER_BYTE * source.size)) {
    throw new FormatError(
      source.name,
      `claims ${rows} rows of ${places.length} columns in ${source.size} bytes; the file is damaged or a bomb`,
    );
  }
  const codecs = parquetCodecs(source.size, brotli);
  const columns: TableColumn[] = [];
  for (const place of places) {
    // oxlint-disable-next-line no-await-in-loop -- one column in memory at a time
    columns.push(await readColumn(source, groups, known[place], rows, codecs));
  }
  const own = notes.filter(([key]) => key !== 'ARROW:schema' && key !== 'pandas');
  return {
    source: source.name,
    rows,
    columns,
    metadata: Object.fromEntries(own),
    place: (row) => `row ${row + 1}`,
  };
}

/** Reads and checks the footer. */
export async function readFooter(source: ByteSource): Promise<ParquetMetadata> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new FormatError(source.name, `${problem}; the Parquet file is truncated or damaged`, {
      cause,
    });
  };
  if (source.size < 12) return fail(`has ${source.size} bytes`);
  const tail = await source.read(source.size - 8, 8);
  if (!PARQUET_MAGIC.every((byte, i) => tail[4 + i] === byte)) return fail('does not end in PAR1');
  const length = viewOf(tail).getUint32(0, true);
  if (length > source.size - 12) return fail(`claims a footer of ${length} bytes`);
  const footer = await source.read(source.size - 8 - length, length);
  try {
    const metadata = parseMetadata(footer);
    if (metadata.columns.length > 0) return metadata;
  } catch (error) {
    return fail(`its footer cannot be read (${(error as Error).message})`, error);
  }
  throw new FormatError(source.name, 'has no columns; the Parquet file is damaged');
}

async function readColumn(
  source: ByteSource,
  groups: ParquetMetadata['groups'],
  column: ParquetColumn,
  rows: number,
  codecs: Codecs,
): Promise<TableColumn> {
  const { name, kind } = column;
  const fail = (problem: string, cause?: unknown): never => {
    throw new FormatError(source.name, `column ${quote(name)}: ${problem}`, { cause });
  };
  if (kind === null) return fail('holds neither numbers nor text; convert it, or leave it out');
  const numbers = new Float64Array(kind.name === 'text' ? 0 : rows);
  const texts: string[] = [];
  let first = 0;
  for (const { rows: count, chunks } of groups) {
    try {
      const chunk = checkedChunk(chunks.get(name), column, count, codecs);
      // oxlint-disable-next-line no-await-in-loop -- one chunk in memory at a time
      const bytes = await source.read(chunk.begin, chunk.size);
      const inflate = inflaterOf(chunk, codecs);
      const mostInDictionary = FREE_CELLS + CELLS_PER_BYTE * source.size;
      for (const page of readPages(bytes, { rows: count, inflate, mostInDictionary, column })) {
        if (kind.name === 'text') addTexts(texts, page);
        else placeNumbers(numbers.subarray(first, first + page.rows), page);
        first += page.rows;
      }
    } catch (error) {
      if (error instanceof FormatError) throw error;
      return fail(
        `${(error as Error).message}; the Parquet file is damaged, or not supported`,
        error,
      );
    }
  }
  return kind.name === 'text' ? { name, values: texts } : { name, values: numbers };
}

function checkedChunk(
  chunk: ColumnChunk | undefined,
  column: ParquetColumn,
  rows: number,
  codecs: Codecs,
): ColumnChunk {
  if (chunk === undefined) throw new RangeError('is missing in a group of rows');
  if (chunk.isElsewhere) throw new RangeError('is stored in another file');
  const { codec, values, type } = chunk;
  if (codec !== 'UNCOMPRESSED' && codecs.of(codec) === null) {
    throw new RangeError(
      `is compressed by ${codec}, which is not read; write it with snappy, zstd or gzip, or without compression`,
    );
  }
  if (values !== rows) throw new RangeError(`has ${values} values for ${rows} rows`);
  if (type !== column.type) throw new RangeError(`is of type ${type} in a group of rows`);
  return chunk;
}

/** Returns the decompressor of a chunk, which counts what it inflates; null if the chunk is not compressed. */
function inflaterOf({ codec }: ColumnChunk, codecs: Codecs): Inflate | null {
  const inflate = codecs.of(codec);
  if (inflate === null) return null;
  return (page, length) => {
    codecs.spend(codec, page.length, length);
    return inflate(page, length);
  };
}

function addTexts(texts: string[], { values, present, rows }: PageValues): void {
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const isPresent = present === null || present[row] === 1;
    texts.push(isPresent ? String(values[at++]) : '');
  }
}

function placeNumbers(out: Float64Array, { values, present }: PageValues): void {
  if (present === null) {
    out.set(values as Float64Array);
    return;
  }
  let at = 0;
  for (let row = 0; row < out.length; row++) {
    out[row] = present[row] === 1 ? (values[at++] as number) : NaN;
  }
}
