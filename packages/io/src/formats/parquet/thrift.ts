/*
 * Parquet's headers are structs of Thrift's compact protocol. Nothing is allocated that the length of a list or text
 * claims: both are views of the bytes.
 */

/** A value: an integer or boolean, bytes, a list or a struct. */
export type ThriftValue = number | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/** The values of a struct by field number; doubles are skipped. */
export interface ThriftStruct {
  readonly fields: ReadonlyMap<number, ThriftValue>;
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
  const fields = new Map<number, ThriftValue>();
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
      if (scale >= 2 ** 63) throw new RangeError('an integer does not end');
    }
  };
  const zigzag = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const taken = (length: number): Uint8Array => {
    if (!(length <= bytes.length - at)) throw new RangeError('a header exceeds the file');
    at += length;
    return bytes.subarray(at - length, at);
  };
  /** Reads an element of a type; within a list (`listed`) a boolean takes a byte. */
  const element = (type: number, listed: boolean): ThriftValue | undefined => {
    switch (type) {
      case 1:
      case 2:
        return listed ? byte() : 2 - type;
      case 3:
        return byte();
      case 4:
      case 5:
      case 6:
        return zigzag();
      case 7:
        taken(8);
        return undefined;
      case 8:
        return taken(varint());
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
  const list = (nested = 0): readonly ThriftValue[] => {
    if (nested > DEEPEST) throw new RangeError('lists are nested too deep');
    const head = byte();
    const count = head >> 4 === 15 ? varint() : head >> 4;
    const type = head & 15;
    if (!(count <= bytes.length - at)) throw new RangeError('a list is longer than the file');
    const items: ThriftValue[] = [];
    for (let i = 0; i < count; i++) {
      const item = type === 9 ? list(nested + 1) : element(type, true);
      if (item !== undefined) items.push(item);
    }
    return items;
  };

  for (;;) {
    const head = byte();
    if ((head & 15) === 0) return { fields, end: at };
    id = head >> 4 === 0 ? zigzag() : id + (head >> 4);
    const value = element(head & 15, false);
    if (value !== undefined) fields.set(id, value);
  }
}

/** Checks that a struct has all fields that its type requires. @throws RangeError if it lacks one. */
export function requireFields(header: ThriftStruct, ...fields: readonly number[]): void {
  const missing = fields.find((field) => !header.fields.has(field));
  if (missing !== undefined) throw new RangeError(`a header lacks field ${missing}`);
}

/** Returns an integer or boolean field. @throws RangeError if the struct lacks it. */
export function numberIn(header: ThriftStruct, field: number): number {
  const value = header.fields.get(field);
  if (typeof value === 'number') return value;
  throw new RangeError('a header lacks a field');
}

/** Returns a field that counts bytes or values, from 0 to 2^31 - 1. @throws RangeError if it is anything else. */
export function sizeIn(header: ThriftStruct, field: number): number {
  const value = numberIn(header, field);
  if (Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw new RangeError('a page header has an impossible size');
}

/** Returns a field that is a struct; undefined if the struct lacks it. */
export function structIn(header: ThriftStruct, field: number): ThriftStruct | undefined {
  const value = header.fields.get(field);
  return isStruct(value) ? value : undefined;
}

/** Returns the structs of a list; empty if the struct lacks it. */
export function structsIn(header: ThriftStruct, field: number): ThriftStruct[] {
  return listIn(header, field).map((item) => {
    if (isStruct(item)) return item;
    throw new RangeError('a list has items of another type');
  });
}

/** Returns a text field; undefined if the struct lacks it. @throws TypeError if it is not UTF-8. */
export function textIn(header: ThriftStruct, field: number): string | undefined {
  const value = header.fields.get(field);
  return value instanceof Uint8Array ? textOf(value) : undefined;
}

/** Returns the texts of a list. */
export function textsIn(header: ThriftStruct, field: number): string[] {
  return listIn(header, field).map((item) => {
    if (item instanceof Uint8Array) return textOf(item);
    throw new RangeError('a list has items of another type');
  });
}

/** Decodes UTF-8. @throws TypeError if it is none. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function listIn(header: ThriftStruct, field: number): readonly ThriftValue[] {
  const value = header.fields.get(field);
  return Array.isArray(value) ? (value as readonly ThriftValue[]) : [];
}

function isStruct(value: ThriftValue | undefined): value is ThriftStruct {
  return typeof value === 'object' && 'fields' in value;
}
