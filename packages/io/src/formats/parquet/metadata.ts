import {
  numberIn,
  readThriftStruct,
  requireFields,
  structIn,
  structsIn,
  textIn,
  textsIn,
  type ThriftStruct,
} from './thrift.ts';

/** Names of the stored types, by number. */
const TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
/** Names of the compressors, by number. */
const CODECS = [
  'UNCOMPRESSED',
  'SNAPPY',
  'GZIP',
  'LZO',
  'BROTLI',
  'LZ4',
  'ZSTD',
  'LZ4_RAW',
] as const;

export type StoredType = (typeof TYPES)[number];

/** A top-level column of the schema. */
export interface ParquetColumn {
  readonly name: string;
  /** The stored type; undefined for a group of columns. */
  readonly type: StoredType | undefined;
  /** True if values may be missing. */
  readonly optional: boolean;
  /** Meaning of a value; null if it is neither a number nor a text. */
  readonly kind: ValueKind | null;
}

/** A floating-point number or boolean as stored, an integer of some bits, half a float, or a text. */
export type ValueKind =
  | { readonly name: 'number' }
  | { readonly name: 'integer'; readonly bits: number; readonly signed: boolean }
  | { readonly name: 'half' }
  | { readonly name: 'text' };

/** One column in one group of rows. */
export interface ColumnChunk {
  readonly path: readonly string[];
  readonly type: StoredType;
  readonly codec: string;
  readonly values: number;
  /** Offset and number of its bytes. */
  readonly begin: number;
  readonly size: number;
  readonly isElsewhere: boolean;
}

/** The footer of a file. */
export interface ParquetMetadata {
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly {
    readonly rows: number;
    /** Chunks of top-level columns by name. */
    readonly chunks: ReadonlyMap<string, ColumnChunk>;
  }[];
  readonly notes: readonly (readonly [string, string])[];
}

/**
 * Reads the footer.
 *
 * Source: parquet.thrift of Apache Parquet, version 2.12.
 * @throws RangeError or TypeError if it is damaged.
 */
export function parseMetadata(footer: Uint8Array): ParquetMetadata {
  const file = readThriftStruct(footer, 0);
  requireFields(file, 1, 2, 3, 4);
  const groups = structsIn(file, 4).map((group) => ({
    rows: countIn(group, 3),
    chunks: chunksOf(group),
  }));
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (countIn(file, 3) !== rows) throw new RangeError('groups of rows do not add up');
  return {
    columns: topLevel(structsIn(file, 2)),
    groups,
    notes: structsIn(file, 5).map((pair) => [textIn(pair, 1) ?? '', textIn(pair, 2) ?? '']),
  };
}

/** Lists the top-level columns. Nested columns are kept, and refused only when they are requested. */
function topLevel(schema: readonly ThriftStruct[]): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  for (let at = 1; at < schema.length;) {
    columns.push(columnOf(schema[at]));
    // Its descendants follow directly, at any depth.
    for (let below = 1; below > 0 && at < schema.length; at++) {
      below += Math.max(0, optionalIn(schema[at], 5) ?? 0) - 1;
    }
  }
  return columns;
}

function columnOf(element: ThriftStruct): ParquetColumn {
  const name = textIn(element, 4);
  if (name === undefined) throw new RangeError('a column has no name');
  const isGroup = (optionalIn(element, 5) ?? 0) > 0;
  const repetition = optionalIn(element, 3);
  const number = optionalIn(element, 1);
  const type = isGroup || number === undefined ? undefined : TYPES[number];
  const isFlat = repetition === 0 || repetition === 1;
  const kind = type === undefined || !isFlat ? null : kindOf(element, type);
  return { name, type, optional: repetition === 1, kind };
}

/** Numbers of the logical types and converted types that are read. */
const LOGICAL = { STRING: 1, ENUM: 4, INTEGER: 10, FLOAT16: 15 } as const;
const CONVERTED = { UTF8: 0, ENUM: 4, UINT_8: 11, INT_8: 15 } as const;

function kindOf(element: ThriftStruct, type: StoredType): ValueKind | null {
  const logical = structIn(element, 10);
  const [field, properties] = logical === undefined ? [] : ([...logical.fields][0] ?? []);
  const converted = optionalIn(element, 6);
  if (field === LOGICAL.INTEGER) {
    if (properties === undefined || typeof properties !== 'object' || !('fields' in properties))
      return null;
    return integer(type, numberIn(properties, 1), numberIn(properties, 2) === 1);
  }
  if (field === LOGICAL.FLOAT16)
    return type === 'FIXED_LEN_BYTE_ARRAY' && optionalIn(element, 2) === 2
      ? { name: 'half' }
      : null;
  if (field === LOGICAL.STRING || field === LOGICAL.ENUM) return text(type);
  if (field !== undefined) return null;
  if (converted === CONVERTED.UTF8 || converted === CONVERTED.ENUM) return text(type);
  if (converted !== undefined) {
    const isSigned = converted >= CONVERTED.INT_8;
    const power = converted - (isSigned ? CONVERTED.INT_8 : CONVERTED.UINT_8);
    return power >= 0 && power < 4 ? integer(type, 8 << power, isSigned) : null;
  }
  if (type === 'INT32') return integer(type, 32, true);
  if (type === 'INT64') return integer(type, 64, true);
  if (type === 'BYTE_ARRAY') return text(type);
  return type === 'INT96' || type === 'FIXED_LEN_BYTE_ARRAY' ? null : { name: 'number' };
}

function integer(type: StoredType, bits: number, signed: boolean): ValueKind | null {
  const fits = type === 'INT64' ? bits === 64 : type === 'INT32' && [8, 16, 32].includes(bits);
  return fits ? { name: 'integer', bits, signed } : null;
}

function text(type: StoredType): ValueKind | null {
  return type === 'BYTE_ARRAY' ? { name: 'text' } : null;
}

function chunksOf(group: ThriftStruct): Map<string, ColumnChunk> {
  requireFields(group, 1, 2);
  const chunks = new Map<string, ColumnChunk>();
  for (const column of structsIn(group, 1)) {
    const own = structIn(column, 3);
    if (own === undefined) throw new RangeError('a column is encrypted or has no metadata');
    requireFields(own, 2, 3, 6);
    const path = textsIn(own, 3);
    if (path.length !== 1) continue;
    if (chunks.has(path[0])) throw new RangeError('a column occurs twice in a group of rows');
    const type = TYPES[numberIn(own, 1)];
    const data = countIn(own, 9);
    const dictionary = optionalIn(own, 11) ?? 0;
    chunks.set(path[0], {
      path,
      type,
      codec: CODECS[numberIn(own, 4)] ?? `codec ${numberIn(own, 4)}`,
      values: countIn(own, 5),
      begin: dictionary > 0 ? Math.min(dictionary, data) : data,
      size: countIn(own, 7),
      isElsewhere: column.fields.has(1),
    });
  }
  return chunks;
}

function optionalIn(struct: ThriftStruct, field: number): number | undefined {
  return struct.fields.has(field) ? numberIn(struct, field) : undefined;
}

/** A field that counts rows, values or bytes of a file. */
function countIn(struct: ThriftStruct, field: number): number {
  const value = numberIn(struct, field);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError('a count is impossible');
}
