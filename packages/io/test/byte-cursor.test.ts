import { expect, test } from 'vitest';
import { byteCursor } from '../src/bytes/byte-cursor.ts';
import { bytesSource, type ByteSource } from '../src/index.ts';

const SIZE = 70_000;
const BYTES = Uint8Array.from({ length: SIZE }, (_, i) => (7 * i) % 251);
const CUT = `x: its header exceeds its ${SIZE} bytes; the file is truncated or damaged`;

function counted(): { source: ByteSource; reads: [number, number][] } {
  const source = bytesSource('x', BYTES);
  const reads: [number, number][] = [];
  const read: ByteSource['read'] = (offset, length) => {
    reads.push([offset, length]);
    return source.read(offset, length);
  };
  return { source: { ...source, read }, reads };
}

test('a cursor loads its first field, even if that is one byte', async () => {
  const { source } = counted();
  const cursor = byteCursor(source, 5, true);
  await cursor.need(1);
  expect([...cursor.bytes(1)]).toEqual([BYTES[5]]);
});

test('a cursor reads fields of either byte order, one window after the other', async () => {
  for (const littleEndian of [true, false]) {
    const { source, reads } = counted();
    const cursor = byteCursor(source, 3, littleEndian);
    const view = new DataView(BYTES.buffer);
    // oxlint-disable-next-line no-await-in-loop -- two small cursors
    await cursor.need(16);
    expect([...cursor.bytes(1)]).toEqual([BYTES[3]]);
    expect(cursor.uint16()).toBe(view.getUint16(4, littleEndian));
    expect(cursor.uint32()).toBe(view.getUint32(6, littleEndian));
    expect([...cursor.bytes(4)]).toEqual([...BYTES.subarray(10, 14)]);
    expect(cursor.view(2).getUint16(0)).toBe(view.getUint16(14));
    cursor.skip(4);
    expect(cursor.position()).toBe(20);
    // The window has 65536 bytes.
    expect(cursor.need(65_536 - 17)).toBeUndefined();
    cursor.skip(65_536 - 19);
    expect(cursor.position()).toBe(65_537);
    // oxlint-disable-next-line no-await-in-loop
    await cursor.need(3);
    expect(reads).toEqual([
      [3, 65_536],
      [65_537, SIZE - 65_537],
    ]);
    expect([...cursor.bytes(3)]).toEqual([...BYTES.subarray(65_537, 65_540)]);
  }
});

test('a cursor reads and skips up to the last byte, and not beyond it', async () => {
  const cursor = byteCursor(bytesSource('x', BYTES), 0, true);
  await cursor.need(8);
  cursor.skip(8);
  expect(() => cursor.skip(SIZE - 7)).toThrow(CUT);
  cursor.skip(SIZE - 12);
  expect(cursor.position()).toBe(SIZE - 4);
  await expect(cursor.need(5)).rejects.toThrow(CUT);
  await cursor.need(4);
  expect(() => cursor.skip(5)).toThrow(CUT);
  expect([...cursor.bytes(4)]).toEqual([...BYTES.subarray(-4)]);
  cursor.skip(0);
  expect(() => cursor.skip(1)).toThrow(CUT);
  expect(() => cursor.skip(NaN)).toThrow(CUT);
});

test('a cursor that jumps loads a window where it lands', async () => {
  const { source, reads } = counted();
  const cursor = byteCursor(source, 0, true);
  cursor.skip(100);
  await cursor.need(70);
  expect([...cursor.bytes(2)]).toEqual([...BYTES.subarray(100, 102)]);
  expect(reads).toEqual([[100, 65_536]]);
});

test('a long field widens the window, and integers beyond 2^53 are refused', async () => {
  const { source, reads } = counted();
  const cursor = byteCursor(source, 0, true);
  await cursor.need(66_000);
  expect(reads).toEqual([[0, 66_000]]);
  const words = BigUint64Array.of(2n ** 53n - 1n, 2n ** 53n);
  const small = byteCursor(bytesSource('x', new Uint8Array(words.buffer)), 0, true);
  await small.need(16);
  expect(small.uint64()).toBe(2 ** 53 - 1);
  expect(() => small.uint64()).toThrow('a 64-bit field of its header exceeds 2^53');
});
