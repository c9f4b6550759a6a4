import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';

type Numbers = Float64Array | Int32Array;

/** Plain data that JSON can hold, with arrays of numbers at any depth. */
export type Kept = Readonly<Record<string, unknown>>;

/** The first line, of JSON, is padded to a multiple of this many bytes. */
const LINE = 512;
/** Bytes that are read or hashed at a time. */
const AT_ONCE = 2 ** 20;

interface Head {
  readonly identity: string;
  readonly kind: string;
  readonly value: unknown;
  /**
   * SHA-256 of everything else: a file that was damaged, or written by two processes, is ignored.
   */
  readonly digest: string;
}

/**
 * Saves a value with large arrays of numbers atomically. Arrays are written directly from memory,
 * because a copy could be as large as all other memory of a measurement.
 */
export function keepNumbers(path: string, identity: string, kind: string, value: Kept): void {
  const arrays: Numbers[] = [];
  const plain = JSON.parse(
    JSON.stringify(value, (_key, field: unknown) => {
      if (typeof field === 'number' && (!Number.isFinite(field) || Object.is(field, -0)))
        return { number: Object.is(field, -0) ? '-0' : String(field) };
      if (!(field instanceof Float64Array || field instanceof Int32Array)) return field;
      arrays.push(field);
      return { numbers: field instanceof Float64Array ? 'float64' : 'int32', length: field.length };
    }),
  ) as unknown;
  const hash = hashOf({ identity, kind, value: plain });
  for (const numbers of arrays) hash.update(bytesOf(numbers));
  const head: Head = { identity, kind, value: plain, digest: hash.digest('hex') };
  const line = JSON.stringify(head);
  const half = `${path}.tmp`;
  const file = openSync(half, 'w');
  try {
    const size = Math.ceil((Buffer.byteLength(line) + 1) / LINE) * LINE;
    writeSync(file, `${line}${' '.repeat(size - Buffer.byteLength(line) - 1)}\n`);
    for (const numbers of arrays) {
      const bytes = bytesOf(numbers);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
  renameSync(half, path);
}

/** Reads the value saved with an identity, and its kind; undefined if there is none. */
export function readNumbers(
  path: string,
  identity: string,
): { readonly kind: string; readonly value: Kept } | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const head = readHead(file);
    if (head?.identity !== identity) return undefined;
    const hash = hashOf(head);
    let left = fstatSync(file).size - head.bytes;
    const fill = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      if ('number' in value) return Number(value.number);
      if ('numbers' in value && 'length' in value) {
        const Type = value.numbers === 'float64' ? Float64Array : Int32Array;
        left -= (value.length as number) * Type.BYTES_PER_ELEMENT;
        if (left < 0) throw new Error('the file is shorter than it says');
        const numbers = new Type(value.length as number);
        readInto(file, bytesOf(numbers));
        hash.update(bytesOf(numbers));
        return numbers;
      }
      if (Array.isArray(value)) return value.map(fill);
      return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, fill(field)]));
    };
    const value = fill(head.value) as Kept;
    return hash.digest('hex') === head.digest ? { kind: head.kind, value } : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Removes the saved value once the work is finished. */
export function dropNumbers(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.tmp`, { force: true });
}

function hashOf({ identity, kind, value }: Omit<Head, 'digest'>): Hash {
  return createHash('sha256').update(JSON.stringify([identity, kind, value]));
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Reads the first line and leaves the file position after it. */
function readHead(file: number): (Head & { readonly bytes: number }) | undefined {
  const lines: Buffer[] = [];
  while (lines.at(-1)?.at(-1) !== 10) {
    const line = Buffer.alloc(LINE);
    if (lines.length * LINE >= AT_ONCE || readSync(file, line) < LINE) return undefined;
    lines.push(line);
  }
  const head = JSON.parse(Buffer.concat(lines).toString()) as Head;
  return { ...head, bytes: lines.length * LINE };
}

function readInto(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const read = readSync(file, bytes, at, Math.min(AT_ONCE, bytes.length - at), null);
    if (read === 0) throw new Error('the file is shorter than it says');
    at += read;
  }
}
