// Structs of Thrift's compact protocol, as Parquet's headers and footers are written.

/** A value of a field: an integer, a boolean, a text, a struct, or a list of texts, integers or structs. */
export type Value = number | boolean | string | Fields | readonly Value[] | undefined;

/** Fields of a struct by number, in ascending order; those that are undefined are left out. */
export interface Fields {
  readonly [id: number]: Value;
}

const [INTEGER, BINARY, LIST, STRUCT] = [5, 8, 9, 12];

/** An integer without sign in groups of seven bits, the lowest first. */
export const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

const zigzag = (value: number): number[] => varint(value < 0 ? -2 * value - 1 : 2 * value);

function typeOf(value: Exclude<Value, undefined>): number {
  if (typeof value === 'number') return INTEGER;
  if (typeof value === 'boolean') return value ? 1 : 2;
  if (typeof value === 'string') return BINARY;
  return Array.isArray(value) ? LIST : STRUCT;
}

function content(value: Exclude<Value, undefined>): number[] {
  if (typeof value === 'number') return zigzag(value);
  // A boolean is in the type of its field.
  if (typeof value === 'boolean') return [];
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value);
    return [...varint(bytes.length), ...bytes];
  }
  if (!Array.isArray(value)) return struct(value as Fields);
  const items = value as readonly Exclude<Value, undefined>[];
  const type = items.length === 0 ? STRUCT : typeOf(items[0]);
  const head =
    items.length < 15 ? [items.length * 16 + type] : [240 + type, ...varint(items.length)];
  return [...head, ...items.flatMap(content)];
}

/** The bytes of a struct. */
export function struct(fields: Fields): number[] {
  let before = 0;
  const bytes = Object.entries(fields as Readonly<Record<string, Value>>).flatMap(
    ([key, value]) => {
      if (value === undefined) return [];
      const step = Number(key) - before;
      before = Number(key);
      const type = typeOf(value);
      const head = step < 16 ? [step * 16 + type] : [type, ...zigzag(before)];
      return [...head, ...content(value)];
    },
  );
  return [...bytes, 0];
}
