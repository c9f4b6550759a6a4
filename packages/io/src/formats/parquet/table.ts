import {
  parquetMetadata,
  parquetRead,
  type AsyncBuffer,
  type ColumnMetaData,
  type DecodedArray,
  type FileMetaData,
  type RowGroup,
  type SchemaElement,
} from 'hyparquet';
import { viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { placesOf } from '../../tables/column-places.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { parquetCodecs, type Codecs, type Inflate } from './codecs.ts';
import { checkPages } from './guard.ts';
import type { Table, TableColumn, TableOptions } from '../../tables/table.ts';
import { readThriftStruct } from './thrift.ts';

/** The first and last bytes of every Parquet file: `PAR1`. */
export const PARQUET_MAGIC: Uint8Array = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/**
 * Cells that a file may have: a constant, and a factor of its size. Repeated values take almost no bytes, so a file can
 * claim any number of rows.
 */
const FREE_CELLS = 100_000;
const CELLS_PER_BYTE = 50;
/** Logical types of numbers and text; dates, decimals, lists and others are not read. */
const LOGICAL_TYPES = new Set([undefined, 'STRING', 'ENUM', 'INTEGER', 'FLOAT16']);
const CONVERTED_TYPES = /^(?:undefined|UTF8|ENUM|U?INT_\d+)$/;

/**
 * Reads a Parquet file, as `readTable` describes. Columns and row groups are read one at a time, so memory holds the
 * result and one column of one group.
 */
export async function readParquetTable(
  source: ByteSource,
  { columns: wanted, brotli }: TableOptions,
): Promise<Table> {
  const metadata = await readFooter(source);
  const { schema, row_groups: groups, key_value_metadata: pairs } = metadata;
  const elements = topLevel(source, schema);
  const names = elements.map(({ name }) => name);
  const places = placesOf(source.name, names, wanted);
  const rows = groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  const cells = rows * places.length;
  if (!(rows >= 0 && cells <= FREE_CELLS + CELLS_PER_BYTE * source.size)) {
    throw new FormatError(
      source.name,
      `claims ${rows} rows of ${places.length} columns in ${source.size} bytes; the file is damaged or a bomb`,
    );
  }
  const codecs = parquetCodecs(source.size, brotli);
  const columns: TableColumn[] = [];
  for (const place of places) {
    // oxlint-disable-next-line no-await-in-loop -- one column in memory at a time
    columns.push(await readColumn(source, metadata, elements[place], rows, codecs));
  }
  const notes = (pairs ?? []).filter(({ key }) => key !== 'ARROW:schema' && key !== 'pandas');
  return {
    source: source.name,
    rows,
    columns,
    metadata: Object.fromEntries(notes.map(({ key, value }) => [key, value ?? ''])),
    place: (row) => `row ${row + 1}`,
  };
}

async function readFooter(source: ByteSource): Promise<FileMetaData> {
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
  const footer = await source.read(source.size - 8 - length, length + 8);
  try {
    readThriftStruct(footer.subarray(0, length), 0);
    const metadata = parquetMetadata(footer, { geoparquet: false });
    // The library would fail on these later, with messages of its own.
    if (metadata.schema.some(({ name }) => typeof name !== 'string')) throw new Error('no name');
    if (metadata.row_groups.some(({ num_rows: rows }) => typeof rows !== 'bigint')) {
      throw new Error('no number of rows');
    }
    return metadata;
  } catch (error) {
    return fail(`its footer cannot be read (${(error as Error).message})`, error);
  }
}

/** Lists the top-level columns of a schema. Nested columns are kept, and refused only when they are requested. */
function topLevel(source: ByteSource, schema: readonly SchemaElement[]): SchemaElement[] {
  const elements: SchemaElement[] = [];
  for (let at = 1; at < schema.length;) {
    elements.push(schema[at]);
    // Its descendants follow directly, at any depth.
    for (let below = 1; below > 0 && at < schema.length; at++) {
      below += Math.max(0, schema[at].num_children ?? 0) - 1;
    }
  }
  if (elements.length > 0) return elements;
  throw new FormatError(source.name, 'has no columns; the Parquet file is damaged');
}

async function readColumn(
  source: ByteSource,
  metadata: FileMetaData,
  element: SchemaElement,
  rows: number,
  codecs: Codecs,
): Promise<TableColumn> {
  const { name, type } = element;
  const fail = (problem: string, cause?: unknown): never => {
    throw new FormatError(source.name, `column ${quote(name)}: ${problem}`, { cause });
  };
  const understood =
    type !== undefined &&
    type !== 'INT96' &&
    (type !== 'FIXED_LEN_BYTE_ARRAY' || element.logical_type?.type === 'FLOAT16') &&
    element.repetition_type !== 'REPEATED' &&
    LOGICAL_TYPES.has(element.logical_type?.type) &&
    CONVERTED_TYPES.test(String(element.converted_type));
  if (!understood) {
    return fail('holds neither numbers nor text; convert it, or leave it out');
  }
  const numbers = new Float64Array(type === 'BYTE_ARRAY' ? 0 : rows);
  const texts: string[] = [];
  let first = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    try {
      const chunk = chunkOf(group, name, codecs);
      // oxlint-disable-next-line no-await-in-loop -- one chunk in memory at a time
      const parts = await readChunk(source, metadata, group, chunk, element, codecs);
      const found = parts.reduce((sum, part) => sum + part.length, 0);
      if (found !== count) throw new RangeError(`has ${found} values for ${count} rows`);
      for (const part of parts) {
        if (type === 'BYTE_ARRAY') for (const text of part) texts.push(String(text ?? ''));
        else numbers.set(isPlain(part) ? part : numbersOf(part, first), first);
        first += part.length;
      }
    } catch (error) {
      if (error instanceof FormatError) throw error;
      return fail(
        `${(error as Error).message}; the Parquet file is damaged, or not supported`,
        error,
      );
    }
  }
  return type === 'BYTE_ARRAY' ? { name, values: texts } : { name, values: numbers };
}

function chunkOf(group: RowGroup, name: string, codecs: Codecs): ColumnMetaData {
  const chunk = group.columns.find(
    ({ meta_data: own }) => own?.path_in_schema.length === 1 && own.path_in_schema[0] === name,
  );
  if (chunk?.meta_data === undefined) throw new RangeError('is missing in a group of rows');
  if (chunk.file_path !== undefined) throw new RangeError('is stored in another file');
  const { codec, num_values: values } = chunk.meta_data;
  if (codec !== 'UNCOMPRESSED' && codecs.of(codec) === null) {
    throw new RangeError(
      `is compressed by ${codec}, which is not read; write it with snappy, zstd or gzip, or without compression`,
    );
  }
  if (values !== group.num_rows)
    throw new RangeError(`has ${values} values for ${group.num_rows} rows`);
  return chunk.meta_data;
}

/** Reads and checks the values of one column in one row group. */
// Many parameters because the file, its metadata and the column are described in different places.
async function readChunk(
  source: ByteSource,
  metadata: FileMetaData,
  group: RowGroup,
  {
    codec,
    type,
    dictionary_page_offset: dictionary,
    data_page_offset: data,
    total_compressed_size: size,
  }: ColumnMetaData,
  element: SchemaElement,
  codecs: Codecs,
): Promise<DecodedArray[]> {
  const { name } = element;
  const rows = Number(group.num_rows);
  if (type !== element.type) throw new RangeError(`is of type ${type} in a group of rows`);
  const optional = element.repetition_type === 'OPTIONAL';
  const typeLength = type === 'FIXED_LEN_BYTE_ARRAY' ? 2 : 8;
  if (type === 'FIXED_LEN_BYTE_ARRAY' && element.type_length !== 2) {
    throw new RangeError(`has half floats of ${element.type_length} bytes`);
  }
  // Where the library looks for it: a rejection of its early reads would be nobody's.
  const begin = Number(dictionary || data);
  const bytes = await source.read(begin, Number(size));
  const inflate = codecs.of(codec);
  const counted: Inflate = (page, length) => {
    codecs.spend(codec, page.length, length);
    return inflate === null ? page : inflate(page, length);
  };
  checkPages(bytes, {
    rows,
    inflate: inflate === null ? null : counted,
    mostInDictionary: FREE_CELLS + CELLS_PER_BYTE * source.size,
    type,
    optional,
    typeLength,
  });
  const file: AsyncBuffer = {
    byteLength: source.size,
    slice: (from, to = source.size) => bytes.slice(from - begin, to - begin).buffer,
  };
  const parts: DecodedArray[] = [];
  await parquetRead({
    file,
    metadata: { ...metadata, num_rows: group.num_rows, row_groups: [group] },
    columns: [name],
    ...(inflate === null ? {} : { compressors: { [codec]: inflate } }),
    onChunk: ({ columnData }) => parts.push(columnData),
  });
  return parts;
}

function isPlain(part: DecodedArray): part is Float64Array | Float32Array | Int32Array {
  return part instanceof Float64Array || part instanceof Float32Array || part instanceof Int32Array;
}

function numbersOf(part: DecodedArray, first: number): Float64Array {
  return Float64Array.from(part as ArrayLike<unknown>, (value, i) => {
    if (value === null || value === undefined) return NaN;
    const number = Number(value);
    if (typeof value !== 'bigint' || Number.isSafeInteger(number)) return number;
    throw new RangeError(`row ${first + i + 1} is an integer near ${number}, beyond 2^53`);
  });
}
