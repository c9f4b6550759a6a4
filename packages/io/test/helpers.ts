import { readFileSync } from 'node:fs';
import { deflateSync } from 'fflate';
import { expect } from 'vitest';
import { crc32 } from '../src/bytes/crc32.ts';
import { bytesSource, FormatError, openTensors, type ByteSource } from '../src/index.ts';

export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}

export function fixture(name: string): ByteSource {
  return bytesSource(name, fixtureBytes(name));
}

export function concat(...parts: (Uint8Array | string)[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
}

/** An npy file with any header text, valid or not. */
export function rawNpy(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = Buffer.from(header, 'latin1');
  return concat(
    Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8),
    text,
    data,
  );
}

export function npyOf(descr: string, shape: string, dataBytes: number): Uint8Array {
  return rawNpy(
    `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`,
    new Uint8Array(dataBytes),
  );
}

/** A safetensors file with any header, text or object, valid or not. */
export function rawSafetensors(header: string | object, dataBytes = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return concat(length, text, new Uint8Array(dataBytes));
}

export interface RawMember {
  name: string;
  content: Uint8Array;
  deflate?: boolean;
  /** Values that the directory claims instead of the true ones. */
  claim?: { size?: number; crc?: number; method?: number; flags?: number; headerOffset?: number };
}

/** A zip file whose directory can make false claims. */
export function rawZip(...members: RawMember[]): Uint8Array {
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content, deflate = false, claim = {} } of members) {
    const stored = deflate ? deflateSync(content, { level: 9 }) : content;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(claim.flags ?? 0, 2);
    fields.writeUInt16LE(claim.method ?? (deflate ? 8 : 0), 4);
    fields.writeUInt32LE(claim.crc ?? crc32(content), 10);
    fields.writeUInt32LE(stored.length, 14);
    fields.writeUInt32LE(claim.size ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(claim.headerOffset ?? offset, 10);
    const local = concat('PK\x03\x04', fields, name, stored);
    body.push(local);
    directory.push(concat('PK\x01\x02', Uint8Array.of(20, 0), fields, tail, name));
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    8,
  );
  end.writeUInt32LE(offset, 12);
  return concat(...body, ...directory, 'PK\x05\x06', end);
}

/** Opens a file and reads every tensor. */
export async function readAll(bytes: Uint8Array, name = 'x'): Promise<void> {
  const file = await openTensors(bytesSource(name, bytes));
  for (const entry of file.entries) {
    // oxlint-disable-next-line no-await-in-loop -- one at a time, as a user would
    await file.read(entry.name);
  }
}

/** Reads every tensor and returns the message of the FormatError; the test fails if there is none. */
export async function problemOf(bytes: Uint8Array, name = 'x'): Promise<string> {
  const error: unknown = await readAll(bytes, name).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(FormatError);
  const { message } = error as FormatError;
  expectOneLine(message);
  return message;
}

export function expectOneLine(message: string): void {
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(message.length).toBeLessThan(600);
}

/**
 * Runs a function and returns the size in bytes of the largest typed array created meanwhile (without those of the
 * platform's decompressor, which returns pieces of a few kilobytes).
 */
export async function largestAllocation(run: () => Promise<unknown>): Promise<number> {
  const globals = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  const names = [
    'Uint8Array',
    'Uint16Array',
    'Uint32Array',
    'Float32Array',
    'Float64Array',
  ] as const;
  const originals = names.map((name) => globals[name]);
  let largest = 0;
  names.forEach((name, i) => {
    globals[name] = new Proxy(originals[i], {
      construct(target, args: unknown[], newTarget) {
        const [first] = args;
        const { BYTES_PER_ELEMENT } = target as unknown as { BYTES_PER_ELEMENT: number };
        const length = typeof first === 'number' ? first : lengthOf(first);
        largest = Math.max(largest, length * BYTES_PER_ELEMENT);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
  });
  try {
    await run();
  } finally {
    names.forEach((name, i) => {
      globals[name] = originals[i];
    });
  }
  return largest;
}

function lengthOf(source: unknown): number {
  return ArrayBuffer.isView(source) ? (source as Uint8Array).length : 0;
}

/** Returns whether two arrays hold the same bytes; `toEqual` compares element by element, which takes seconds. */
export function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return a.constructor === b.constructor && Buffer.compare(bytes(a), bytes(b)) === 0;
}
