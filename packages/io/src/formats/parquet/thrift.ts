/*
 * Parquet's headers are structs of Thrift's compact protocol. They are checked here before the Parquet library reads
 * them, because it allocates whatever the length of a list claims.
 */

/** The integers and nested structs of a struct, by field number; other fields are skipped. */
export interface ThriftStruct {
  readonly fields: ReadonlyMap<number, number | ThriftStruct>;
  /** Offset behind the struct. */
  readonly end: number;
}

const DEEPEST = 24;

/**
 * Reads a struct that starts at a byte.
 *
 * Longer than 60 lines: the small parsers share the position in the bytes.
 *
 * @throws RangeError if it exceeds the bytes, claims a list longer than they are, or is nested too deeply.
 */
export function readThriftStruct(bytes: Uint8Array, from: number, depth = 0): ThriftStruct {
  const fields = new Map<number, number | ThriftStruct>();
  let at = from;
  let id = 0;

  const byte = (): number => {
    if (at >= bytes.length) throw new RangeError('a header exceeds the file');
    return bytes[at++];
  };
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = byte();
      value += (next & 127) * scale;
      if (next < 128) return value;
      if (scale > 2 ** 63) throw new RangeError('an integer does not end');
    }
  };
  const zigzag = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const skip = (length: number): undefined => {
    if (!(length <= bytes.length - at)) throw new RangeError('a header exceeds the file');
    at += length;
  };
  /** Reads an element of a type; within a list (`listed`) a boolean takes a byte. */
  const element = (type: number, listed: boolean): number | ThriftStruct | undefined => {
    switch (type) {
      case 1:
      case 2:
        return listed ? skip(1) : 2 - type;
      case 3:
        return skip(1);
      case 4:
      case 5:
      case 6:
        return zigzag();
      case 7:
        return skip(8);
      case 8:
        return skip(varint());
      case 9:
        return list();
      case 12: {
        if (depth >= DEEPEST) throw new RangeError('structs are nested too deep');
        const inner = readThriftStruct(bytes, at, depth + 1);
        at = inner.end;
        return inner;
      }
      default:
        throw new RangeError(`type ${type} is not used by Parquet`);
    }
  };
  const list = (nested = 0): undefined => {
    if (nested > DEEPEST) throw new RangeError('lists are nested too deep');
    const head = byte();
    const count = head >> 4 === 15 ? varint() : head >> 4;
    const type = head & 15;
    if (!(count <= bytes.length - at)) throw new RangeError('a list is longer than the file');
    for (let i = 0; i < count; i++) {
      if (type === 9) list(nested + 1);
      else element(type, true);
    }
  };

  for (;;) {
    const head = byte();
    if ((head & 15) === 0) return { fields, end: at };
    id = head >> 4 === 0 ? zigzag() : id + (head >> 4);
    const value = element(head & 15, false);
    if (value !== undefined) fields.set(id, value);
  }
}
