// Headers of GGUF files as docs/gguf.md of ggml lays them out.
import { describe, expect, test } from 'vitest';
import { readGgufHeader } from '../src/formats/gguf/header.ts';
import { bytesSource, openTensors } from '../src/index.ts';
import { concat } from './helpers.ts';

const uint = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const long = (value: number | bigint): Uint8Array =>
  new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
const text = (words: string): Uint8Array => concat(long(words.length), words);
const STRING = uint(8);
const ARRAY = uint(9);

const headerOf = async (tensors: readonly Uint8Array[], pairs: readonly Uint8Array[]) => {
  const counts = concat(long(tensors.length), long(pairs.length));
  return readGgufHeader(bytesSource('x', concat('GGUF', uint(3), counts, ...pairs, ...tensors)));
};
const info = (name: Uint8Array, dims: readonly number[], offset = 0, type = 0): Uint8Array =>
  concat(name, uint(dims.length), ...dims.map(long), uint(type), long(offset));

describe('metadata', () => {
  test('hold texts of at most 1024 bytes, and pass over longer ones', async () => {
    const pairs = [1024, 1025, 70_000].map((length) =>
      concat(text(`of ${length}`), STRING, text('x'.repeat(length))),
    );
    const { metadata } = await headerOf([], [...pairs, concat(text('last'), STRING, text('y'))]);
    expect(metadata).toEqual({ 'of 1024': 'x'.repeat(1024), last: 'y' });
  });

  test('may hold a text that does not begin and end in one window of 64 kB', async () => {
    const [key, value] = ['k'.repeat(65_400), 'y'.repeat(1000)];
    const { metadata } = await headerOf([], [concat(text(key), STRING, text(value))]);
    expect(metadata).toEqual({ [key]: value });
  });

  test('may end the file with an array whose last text is empty', async () => {
    const pair = concat(text('a'), ARRAY, STRING, long(1), text(''));
    expect((await headerOf([], [pair])).metadata).toEqual({});
  });

  test('may hold arrays within arrays, four deep', async () => {
    const nested = (depth: number): Uint8Array =>
      depth === 0
        ? concat(uint(0), long(2), Uint8Array.of(1, 2))
        : concat(ARRAY, long(2), nested(depth - 1), nested(depth - 1));
    const pair = (depth: number) => concat(text('deep'), ARRAY, nested(depth));
    expect((await headerOf([], [pair(3)])).metadata).toEqual({});
    await expect(headerOf([], [pair(4)])).rejects.toThrow(
      'x: metadata "deep": arrays nested too deep; it is damaged',
    );
  });

  test.each([13, 2 ** 31])('of an unknown type, %d, are refused, also in arrays', async (type) => {
    const says = `x: metadata "a": type ${type} is unknown; the file is damaged, or newer`;
    for (const content of [uint(type), concat(ARRAY, uint(type), long(1))])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(headerOf([], [concat(text('a'), content, long(0))])).rejects.toThrow(says);
  });

  test.each([
    [1, 1],
    [64, 64],
    [2 ** 20, 2 ** 20],
    [0, null],
    [3, null],
    [2 ** 21, null],
  ])('an alignment of %d', async (value, expected) => {
    const pair = concat(text('general.alignment'), uint(4), uint(value));
    const found = headerOf([info(text('w'), [1])], [pair]);
    if (expected === null)
      await expect(found).rejects.toThrow(`x: general.alignment is "${value}", not a power of 2`);
    else {
      const { alignment, tensors } = await found;
      expect(alignment).toBe(expected);
      // The header has 24 bytes, the pair 33, and the tensor 33.
      expect(tensors[0].offset).toBe(Math.ceil(90 / expected) * expected);
    }
  });
});

describe('tensors', () => {
  test('have their name, sizes, type and place', async () => {
    const { tensors } = await headerOf([info(text('a'), [2, 3], 64), info(text(''), [])], []);
    // The header has 24 bytes, and the tensors have 41 and 24.
    expect(tensors).toEqual([
      { name: 'a', dims: [2, 3], type: 0, offset: 96 + 64 },
      { name: '', dims: [], type: 0, offset: 96 },
    ]);
  });

  test('have at most eight axes, and different names', async () => {
    const ones = Array.from({ length: 9 }, () => 1);
    expect((await headerOf([info(text('a'), ones.slice(1))], [])).tensors[0].dims).toHaveLength(8);
    await expect(headerOf([info(text('a'), ones)], [])).rejects.toThrow(
      'x: tensor "a": has 9 axes; it is damaged',
    );
    await expect(headerOf([info(text('a'), [1]), info(text('a'), [2])], [])).rejects.toThrow(
      'x: two tensors are called "a"; it is damaged',
    );
  });

  test('have names of at most 65535 bytes, even if nothing follows the length', async () => {
    const name = 'n'.repeat(0xffff);
    expect((await headerOf([info(text(name), [1])], [])).tensors[0].name).toBe(name);
    await expect(headerOf([long(0x1_0000)], [])).rejects.toThrow(
      'x: a name of a tensor has 65536 bytes; the file is damaged',
    );
    await expect(headerOf([], [long(0x1_0000)])).rejects.toThrow(
      'x: a key of the metadata has 65536 bytes; the file is damaged',
    );
    await expect(headerOf([long(0xffff)], [])).rejects.toThrow(
      'x: its header exceeds its 32 bytes',
    );
    await expect(headerOf([long(2n ** 53n)], [])).rejects.toThrow(
      'x: a 64-bit field of its header exceeds 2^53; the file is damaged',
    );
  });

  test('are refused in a header cut at any byte', async () => {
    const pair = concat(text('k'), STRING, text('v'));
    const array = concat(text('a'), ARRAY, STRING, long(1), text('w'));
    const counts = concat(long(1), long(2));
    const whole = concat('GGUF', uint(2), counts, pair, array, info(text('w'), [4]));
    expect((await readGgufHeader(bytesSource('x', whole))).metadata).toEqual({ k: 'v' });
    for (let length = 24; length < whole.length; length++)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(readGgufHeader(bytesSource('x', whole.subarray(0, length)))).rejects.toThrow(
        `x: its header exceeds its ${length} bytes; the file is truncated or damaged`,
      );
    await expect(readGgufHeader(bytesSource('x', whole.subarray(0, 23)))).rejects.toThrow(
      'x: has 23 bytes; the file is truncated',
    );
    whole[4] = 4;
    await expect(readGgufHeader(bytesSource('x', whole))).rejects.toThrow(
      'x: is GGUF version 4, not 2 or 3; convert it with a current llama.cpp',
    );
  });
});

describe('the place of tensors', () => {
  const opened = async (tensors: readonly Uint8Array[], dataBytes: number) => {
    const head = concat('GGUF', uint(3), long(tensors.length), long(0), ...tensors);
    const padding = new Uint8Array((32 - (head.length % 32)) % 32);
    return openTensors(bytesSource('x', concat(head, padding, new Uint8Array(dataBytes))));
  };

  test('shows bytes behind the last one, unless the size of one is unknown', async () => {
    const known = info(text('a'), [1]);
    expect((await opened([known], 100)).notes).toHaveLength(1);
    const unknown = info(text('b'), [1], 32, 99);
    expect((await opened([known, unknown], 100)).notes ?? []).toEqual([]);
  });

  test('shows the space that one has, in whatever order they are listed', async () => {
    // 128 elements of type 42 take 36 bytes in groups of 64, and 34 in groups of 128.
    const [wide, behind, last] = [
      info(text('a'), [128], 0, 42),
      info(text('b'), [1], 34),
      info(text('c'), [1], 100),
    ];
    for (const order of [
      [wide, behind, last],
      [wide, last, behind],
      [last, behind, wide],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- three small files
      const { entries } = await opened(order, 104);
      expect(entries.find(({ name }) => name === 'a')?.dtype).toBe('PQ2_0');
    }
  });
});
