import { describe, expect, test } from 'vitest';
import { readSafetensorsHeader } from '../src/formats/safetensors/header.ts';
import { giveTensors } from '../src/formats/registry.ts';
import { bytesSource, openTensors } from '../src/index.ts';
import { concat, fixtureBytes, problemOf, rawSafetensors } from './helpers.ts';

/** End of the error for a file of unknown format. */
const GIVE = giveTensors();

const TRUNCATED = 'the file is truncated or damaged';
const tensor = (shape: unknown, begin: number, end: number, dtype = 'F64') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('safetensors', () => {
  test.each<[string, Uint8Array, string]>([
    [
      'offsets beyond the file',
      rawSafetensors({ W: tensor([3, 4], 0, 96) }, 80),
      `tensor "W": data_offsets [0, 96] end beyond the file's 80 data bytes; ${TRUNCATED}`,
    ],
    [
      'header longer than the file',
      rawSafetensors({ W: tensor([2], 0, 16) }).subarray(0, 40),
      `header length 55 exceeds the file's remaining 32 bytes; ${TRUNCATED}`,
    ],
    [
      'negative size',
      rawSafetensors({ W: tensor([2, -3], 0, 48) }, 48),
      'tensor "W": shape [2,-3] is not a list of non-negative integers',
    ],
    [
      'fractional size',
      rawSafetensors({ W: tensor([1.5], 0, 12) }, 12),
      'tensor "W": shape [1.5] is not a list of non-negative integers',
    ],
    [
      'overflowing shape',
      rawSafetensors({ W: tensor([4294967296, 4294967296, 2], 0, 8) }, 8),
      'tensor "W": shape [4294967296, 4294967296, 2] is larger than any file',
    ],
    [
      // 2^61 * 8 bytes is 0 modulo 2^64, the result of a product that overflows.
      'shape whose byte size wraps to 0',
      rawSafetensors({ W: tensor([2 ** 31, 2 ** 30], 0, 0) }),
      'tensor "W": shape [2147483648, 1073741824] is larger than any file',
    ],
    [
      'shape and bytes that disagree',
      rawSafetensors({ W: tensor([2, 3], 0, 40) }, 40),
      'tensor "W": shape [2, 3] of F64 needs 48 bytes, data_offsets [0, 40] hold 40',
    ],
    [
      'overlap',
      rawSafetensors({ a: tensor([2], 0, 16), b: tensor([2], 8, 24) }, 24),
      'tensor "b": its bytes overlap those of "a"',
    ],
    [
      'hole',
      rawSafetensors({ a: tensor([1], 0, 8), b: tensor([1], 16, 24) }, 24),
      'tensor "b": 8 bytes before it belong to no tensor',
    ],
    [
      'bytes left over',
      rawSafetensors({ a: tensor([1], 0, 8) }, 11),
      `the last 3 bytes belong to no tensor; the file is damaged, or head -c ${rawSafetensors({ a: tensor([1], 0, 8) }, 8).length} cuts them off`,
    ],
    [
      'offsets backwards',
      rawSafetensors({ a: tensor([1], 8, 0) }, 8),
      'tensor "a": data_offsets [8,0] are not a begin and an end',
    ],
    [
      'unknown dtype',
      rawSafetensors({ W: tensor([1], 0, 8, 'F80') }, 8),
      'tensor "W": dtype "F80" is unknown; convert it to F32',
    ],
    [
      'dtype named like an inherited property',
      rawSafetensors({ W: tensor([1], 0, 8, 'constructor') }, 8),
      'tensor "W": dtype "constructor" is unknown; convert it to F32',
    ],
    [
      'duplicate tensor, its name escaped the second time',
      rawSafetensors(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},' +
          '"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      'the header has the key "a" twice',
    ],
    [
      'duplicate field',
      rawSafetensors('{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      'the header has the key "dtype" twice',
    ],
    [
      'metadata that is not strings',
      rawSafetensors({ __metadata__: { steps: 3 } }),
      '__metadata__: "steps" is not a string',
    ],
    [
      'metadata that is a list',
      rawSafetensors({ __metadata__: [] }),
      '__metadata__ is not an object',
    ],
    [
      'tensor that is a list',
      rawSafetensors({ W: [] }),
      'tensor "W": its description is not an object',
    ],
    ...[51, 52].map((length): [string, Uint8Array, string] => {
      const shape = ['x'.repeat(length), 1, -1];
      const shown = JSON.stringify(shape);
      const cut = length === 51 ? shown : `${shown.slice(0, 60)}…`;
      return [
        `a shape of ${shown.length} letters`,
        rawSafetensors({ W: { dtype: 'F32', shape } }),
        `tensor "W": shape ${cut} is not a list of non-negative integers`,
      ];
    }),
    ['no dtype', rawSafetensors({ W: {} }), 'tensor "W": dtype is missing or not a string'],
    [
      'name with a line break and a terminal escape',
      rawSafetensors({ 'a\n\u001b[31m\u2028\u202e': tensor([1], 0, 8, 'X') }, 8),
      'tensor "a\\n\\u001b[31m\\u{2028}\\u{202e}": dtype "X" is unknown; convert it to F32',
    ],
    ['text', concat('feature,x,y\n0,1,2\n'), `is not a file of weights; ${GIVE}`],
    ['nothing', new Uint8Array(0), 'is empty'],
    ['five bytes', new Uint8Array(5), `has only 5 bytes, too few for a file of weights; ${GIVE}`],
  ])('%s', async (_, bytes, message) => {
    expect(await problemOf(bytes)).toBe(`x: ${message}`);
  });

  test('a header may have 100 MB, of which nothing is read if it has more', async () => {
    const opening = (length: number) =>
      readSafetensorsHeader({
        name: 'x',
        size: 3e8,
        read: async (offset, count) => {
          if (offset > 0) throw new Error(`reads ${count} bytes`);
          return concat(new Uint8Array(BigUint64Array.of(BigInt(length)).buffer), '{');
        },
      });
    await expect(opening(100_000_000)).rejects.toThrow('reads 100000000 bytes');
    await expect(opening(100_000_001)).rejects.toThrow(
      'x: header length 100000001 exceeds the 100000000 bytes allowed',
    );
  });

  test('tensors at one place are listed by their ends and names', async () => {
    const at = (names: string) =>
      Object.fromEntries([...names].map((name) => [name, tensor([0], 0, 0)]));
    for (const names of ['abcd', 'dcba', 'bdac']) {
      const bytes = rawSafetensors({ z: tensor([1], 0, 8), ...at(names) }, 8);
      // oxlint-disable-next-line no-await-in-loop -- three small files
      const { tensors } = await readSafetensorsHeader(bytesSource('x', bytes));
      expect(tensors.map(({ name }) => name).join('')).toBe('abcdz');
    }
  });

  test('bad JSON', async () => {
    expect(await problemOf(rawSafetensors('{"W": \n}'))).toMatch(
      /^x: the header is not valid JSON: /,
    );
    expect(await problemOf(rawSafetensors('{"W":[]}}'))).toMatch(
      /^x: the header is not valid JSON: /,
    );
    const invalidUtf8 = concat(rawSafetensors('{"?":{}}'));
    invalidUtf8[10] = 0xff;
    expect(await problemOf(invalidUtf8)).toMatch(/^x: the header is not valid JSON: .*utf-8/);
  });

  test('JSON nested a million deep', async () => {
    const deep = '{"W":' + '['.repeat(1e6) + ']'.repeat(1e6) + '}';
    expect(await problemOf(rawSafetensors(deep))).toBe(
      'x: tensor "W": its description is not an object',
    );
  });

  test('every truncation of a valid file is rejected', async () => {
    const valid = fixtureBytes('mixed.safetensors');
    await Promise.all(
      Array.from({ length: valid.length }, (_, length) => problemOf(valid.subarray(0, length))),
    );
  });

  test('a tensor called __proto__ is an ordinary tensor and does not change prototypes', async () => {
    const header =
      '{"__proto__":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"__metadata__":{"__proto__":"m"}}';
    const file = await openTensors(bytesSource('x', rawSafetensors(header, 8)));
    expect((await file.read('__proto__')).data).toEqual(new Float64Array(1));
    expect(Object.getPrototypeOf(file.metadata)).toBe(Object.prototype);
    expect(Object.entries(file.metadata)).toEqual([['__proto__', 'm']]);
    await expect(file.read('toString')).rejects.toThrow('x: no tensor "toString"');
  });

  test('a tensor of shape 0 x N is valid', async () => {
    const [W, b] = [tensor([0, 5], 0, 0), tensor([1], 0, 8)];
    for (const header of [
      { W, b },
      { b, W },
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const file = await openTensors(bytesSource('x', rawSafetensors(header, 8)));
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect((await file.read('W')).data).toEqual(new Float64Array(0));
    }
  });

  test.each([
    ['F4', [4], 2, 'numbers that need the scales of their blocks'],
    ['F6_E2M3', [4], 3, 'numbers that need the scales of their blocks'],
    ['F6_E3M2', [4], 3, 'numbers that need the scales of their blocks'],
    ['F8_E8M0', [3], 3, 'scales of blocks, not weights'],
    ['C64', [2], 16, 'complex numbers; save the real and the imaginary part as two tensors'],
    ['BOOL', [2], 2, 'booleans; save it as F32'],
  ])('%s is listed, and rejected when read', async (dtype, shape, bytes, holds) => {
    const file = await openTensors(
      bytesSource('x', rawSafetensors({ W: tensor(shape, 0, bytes, dtype) }, bytes)),
    );
    expect(file.entries[0]).toMatchObject({ dtype, shape, readable: false, byteLength: bytes });
    await expect(file.read('W')).rejects.toThrow(
      `x: tensor "W": dtype ${dtype} is not read: it holds ${holds}`,
    );
  });

  test.each([
    ['F80', 'dtype "F80" is unknown; convert it to F32'],
    ['', 'its dtype is empty; save it again with its type'],
  ])('a tensor of type "%s" is refused only if it is chosen', async (dtype, reason) => {
    const header = { W: tensor([1], 0, 8), q: tensor([3], 8, 13, dtype) };
    const file = await openTensors(bytesSource('x', rawSafetensors(header, 13)));
    expect(file.entries[1]).toMatchObject({ name: 'q', shape: [3], readable: false });
    expect(file.entries[1]).toMatchObject({ problem: reason, byteLength: 5 });
    expect((await file.read('W')).data).toEqual(new Float64Array(1));
    await expect(file.read('q')).rejects.toThrow(`x: tensor "q": ${reason}`);
  });

  test('a fractional number of bytes is rejected', async () => {
    expect(await problemOf(rawSafetensors({ W: tensor([3], 0, 2, 'F4') }, 2))).toBe(
      'x: tensor "W": shape [3] of F4 needs 1.5 bytes, data_offsets [0, 2] hold 2',
    );
  });
});
