import { deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, FormatError, openTensors, readTensor } from '../src/index.ts';
import {
  concat,
  expectOneLine,
  fixture,
  fixtureBytes,
  largestAllocation,
  problemOf,
  readAll,
} from './helpers.ts';

const word = (...values: number[]): Uint8Array =>
  new Uint8Array(Uint32Array.from(values, (value) => value >>> 0).buffer);

function element(type: number, data: Uint8Array, claim: number = data.length): Uint8Array {
  return concat(word(type, claim), data, new Uint8Array((8 - (data.length % 8)) % 8));
}

interface Parts {
  readonly kind?: number;
  readonly flags?: Uint8Array;
  readonly sizes?: Uint8Array;
  readonly name?: Uint8Array;
  readonly numbers?: Uint8Array;
}

/** A variable `W`, by default of class uint8 and one element. */
function variable({ kind = 9, flags, sizes, name, numbers }: Parts): Uint8Array {
  const body = concat(
    flags ?? element(6, word(kind, 0)),
    sizes ?? element(5, word(1, 1)),
    name ?? element(1, concat('W')),
    numbers ?? element(2, Uint8Array.of(7)),
  );
  return concat(word(14, body.length), body);
}

const HEADER = concat('MATLAB 5.0 MAT-file'.padEnd(116), new Uint8Array(8), '\0\x01IM');
const file = (...elements: Uint8Array[]): Uint8Array => concat(HEADER, ...elements);
const compressed = (content: Uint8Array): Uint8Array => {
  const packed = deflateSync(content, { level: 9 });
  return concat(word(15, packed.length), packed);
};

describe('MAT-files of version 5', () => {
  const names = {
    'plain.mat': 'W single row scalar empty i8 u8 i16 u16 i32 u32 i64 u64',
    'compressed.mat': 'W single row scalar empty i8 u8 i16 u16 i32 u32 i64 u64',
    'big-endian.mat': 'bytes shorts tiny doubles singles ints',
  };

  test.each(Object.entries(names))('%s has the values written by Python', async (name, list) => {
    const opened = await openTensors(fixture(name));
    const values = await openTensors(fixture('mat-values.npz'));
    expect(opened.format).toBe('mat');
    for (const tensor of list.split(' ')) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time, as a user would
      const { shape, data } = await opened.read(tensor);
      // oxlint-disable-next-line no-await-in-loop
      const expected = await values.read(tensor);
      expect(shape, tensor).toEqual(expected.shape);
      expect(Array.from(data), tensor).toEqual(Array.from(expected.data));
    }
  });

  test('lists a double stored as short integers with the type of its numbers', async () => {
    const opened = await openTensors(fixture('big-endian.mat'));
    const dtypes = opened.entries.map(({ dtype }) => dtype);
    expect(dtypes).toEqual(['U8', 'I16', 'U8', 'F64', 'F32', 'I32', 'F64']);
  });

  test('gives the same numbers for a compressed variable as for a plain one', async () => {
    const opened = await openTensors(fixture('big-endian.mat'));
    expect((await opened.read('packed')).data).toEqual((await opened.read('doubles')).data);
  });

  test.each(['plain.mat', 'compressed.mat'])(
    '%s lists variables that are not read, with the fix',
    async (name) => {
      const opened = await openTensors(fixture(name));
      const others = opened.entries.filter(({ readable }) => !readable);
      expect(others.map((entry) => [entry.name, entry.dtype])).toEqual([
        ['complex', 'complex'],
        ['sparse', 'sparse'],
        ['text', 'char'],
        ['net', 'struct'],
        ['cells', 'cell'],
        ['mask', 'BOOL'],
      ]);
      await expect(opened.read('sparse')).rejects.toThrow(
        `${name}: variable "sparse" is a sparse array, which is not read; save full(x) instead`,
      );
      await expect(opened.read('complex')).rejects.toThrow(
        `${name}: variable "complex" holds complex numbers; save real(x) and imag(x) instead`,
      );
    },
  );

  test.each([
    ['cell', 1],
    ['struct', 2],
    ['object', 3],
    ['char', 4],
    ['sparse', 5],
    ['function', 16],
  ])('lists a variable of class %s, %d, without reading it', async (dtype, kind) => {
    const { entries } = await openTensors(bytesSource('x.mat', file(variable({ kind }))));
    expect(entries).toMatchObject([{ dtype, readable: false }]);
  });

  test('lists a variable of class object, 17, which has no sizes', async () => {
    const opaque = variable({ kind: 17, sizes: new Uint8Array(0) });
    const opened = await openTensors(bytesSource('x.mat', file(opaque)));
    expect(opened.entries).toMatchObject([
      { name: 'W', dtype: 'object', shape: [], readable: false },
    ]);
  });

  test.each([0, 18])('refuses a variable of the unknown class %d', async (kind) => {
    expect(await problemOf(file(variable({ kind })))).toContain(
      `variable "W" has the unknown class ${kind}`,
    );
  });

  test.each([
    ['miINT8', 1],
    ['miUINT8', 2],
    ['miUTF8', 16],
  ])('reads a name stored as %s', async (_, type) => {
    const opened = await openTensors(
      bytesSource('x.mat', file(variable({ name: element(type, concat('W')) }))),
    );
    expect((await opened.read('W')).data).toEqual(Float32Array.of(7));
  });

  test('reads any range of a compressed variable, in any order', async () => {
    const opened = await openTensors(fixture('compressed.mat'));
    const reader = await opened.open('W');
    const whole = await reader.read(0, 12);
    expect(await reader.read(7, 3)).toEqual(whole.slice(7, 10));
    expect(await reader.read(2, 2)).toEqual(whole.slice(2, 4));
  });

  test('reads a compressed variable in two places at once', async () => {
    const reader = await (await openTensors(fixture('compressed.mat'))).open('W');
    const whole = await reader.read(0, 12);
    const both = await Promise.all([reader.read(7, 3), reader.read(2, 2)]);
    expect(both).toEqual([whole.slice(7, 10), whole.slice(2, 4)]);
  });

  test('reads a compressed variable whose first eight bytes come in parts', async () => {
    // RFC 1950 and 1951: stored blocks; thousands of empty ones fill what is read at a time.
    const blockOf = (last: number, bytes: Uint8Array) => {
      const { length } = bytes;
      return concat(
        Uint8Array.of(last, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255),
        bytes,
      );
    };
    const content = variable({});
    const empty = Array.from({ length: 4000 }, () => blockOf(0, new Uint8Array(0)));
    const [start, rest] = [content.subarray(0, 3), content.subarray(3)];
    const stored = concat(blockOf(0, start), ...empty, blockOf(1, rest));
    const sum = deflateSync(content).subarray(-4);
    const packed = concat(Uint8Array.of(0x78, 1), stored, sum);
    const opened = await openTensors(
      bytesSource('x.mat', file(concat(word(15, packed.length), packed))),
    );
    expect((await opened.read('W')).data).toEqual(Float32Array.of(7));
  });

  test('keeps a copy of a compressed variable that is read twice', async () => {
    const copied: string[] = [];
    const opened = await openTensors(fixture('compressed.mat'), {
      spool: async (source) => {
        copied.push(source.name);
        return source;
      },
    });
    await opened.read('W');
    expect(copied).toEqual(['compressed.mat: compressed variable at byte 128']);
  });
});

describe('other and damaged MAT-files are rejected with one line', () => {
  const V7 = "save it with save('file.mat', '-v7')";
  const hdf5 = concat('MATLAB 7.3 MAT-file, Platform: GLNXA64'.padEnd(124), '\0\x02IM');

  test.each<[string, Uint8Array, string]>([
    ['version 7.3', hdf5, `is a MAT-file of version 7.3, which is not read; ${V7}`],
    ...[
      ['MATLAB 7.3 MAT-file', '\0\x02XX', true],
      ['another writer', '\0\x02IM', true],
      ['another writer', '\x02\0MI', true],
      ['another writer', '\x01\x02IM', false],
      ['another writer', '\0\x03IM', false],
    ].map(([text, version, isHdf5]): [string, Uint8Array, string] => [
      `a header of ${text} with version and byte order ${JSON.stringify(version)}`,
      concat(`${text}`.padEnd(124), `${version}`),
      isHdf5 === true
        ? `is a MAT-file of version 7.3, which is not read; ${V7}`
        : `is not a MAT-file of version 5, or it is damaged; ${V7}`,
    ]),
    [
      'a header that begins with a zero, as in version 4',
      file(variable({})).fill(0, 3, 4),
      `is not a MAT-file of version 5, or it is damaged; ${V7}`,
    ],
    [
      'version 4',
      concat(word(0, 1, 1, 0, 2), 'W\0'),
      `is not a MAT-file of version 5, or it is damaged; ${V7}`,
    ],
    [
      'half a tag',
      file(Uint8Array.of(14, 0, 0)),
      'ends within the tag at byte 128; the file is truncated',
    ],
    [
      'an unknown element',
      file(element(99, word(1))),
      'byte 128: type 99 is not that of a variable; the file is damaged',
    ],
    [
      'a variable beyond the end',
      file(element(14, word(1), 1000)),
      '1000 bytes at offset 136 exceed its 144 bytes; the file is truncated or damaged',
    ],
    [
      'no flags',
      file(variable({ flags: element(5, word(9, 0)) })),
      'a variable begins without its flags; the file is damaged',
    ],
    [
      'an unknown class',
      file(variable({ kind: 77 })),
      'variable "W" has the unknown class 77; the file is damaged',
    ],
    ...[
      element(6, word(1, 1)),
      element(5, Uint8Array.of(1, 0, 0, 0, 1)),
      element(5, word(...Array.from({ length: 65 }, () => 1))),
    ].map((sizes, i): [string, Uint8Array, string] => [
      `sizes of another type, of five bytes, and 65: ${i}`,
      file(variable({ sizes })),
      'a variable has no sizes; the file is damaged',
    ]),
    [
      'a negative size',
      file(variable({ sizes: element(5, word(1, -2)) })),
      'shape [1, -2] is impossible; the file is damaged',
    ],
    [
      'a shape larger than any file',
      file(variable({ sizes: element(5, word(2 ** 30, 2 ** 30)) })),
      'shape [1073741824, 1073741824] is impossible; the file is damaged',
    ],
    [
      'more elements than bytes',
      file(variable({ sizes: element(5, word(3, 3)) })),
      'variable "W": shape [3, 3] does not fit 1 bytes of type 2; the file is damaged',
    ],
    [
      'numbers beyond their variable',
      file(
        variable({ sizes: element(5, word(1, 100)), numbers: element(2, new Uint8Array(1), 100) }),
        variable({ name: element(1, concat('V')) }),
      ),
      'variable "W": shape [1, 100] does not fit 100 bytes of type 2; the file is damaged',
    ],
    [
      'a long name',
      file(variable({ name: element(1, new Uint8Array(2000)) })),
      'the flags, sizes or name of a variable have 2000 bytes; the file is damaged',
    ],
    [
      'a long small element',
      file(variable({ name: word((9 << 16) | 1, 0) })),
      'a tag holds 9 bytes, more than the 4 that fit; the file is damaged',
    ],
    ['a name twice', file(variable({}), variable({})), 'two variables are called "W"; clear one'],
  ])('%s', async (_, bytes, message) => {
    expect(await problemOf(bytes, 'x.mat')).toBe(`x.mat: ${message}`);
  });

  test('a variable that says it has fewer bytes than its parts', async () => {
    const whole = variable({ sizes: element(5, word(1, 1, 1)) });
    // The seven bytes behind its only number may be missing.
    for (let length = 0; length < whole.length - 8 - 7; length++) {
      const body = whole.subarray(8, 8 + length);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const message = await problemOf(file(word(14, length), body), 'x.mat');
      expect(message).toMatch(/^x\.mat: .*(?:is truncated or damaged|the file is damaged)$/);
    }
    await readAll(file(whole), 'x.mat');
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['no stream', file(element(15, word(1, 2))), /its compressed data are damaged$/],
    ['no matrix', file(compressed(word(9, 0))), /does not hold a matrix; the file is damaged$/],
    [
      'a bomb',
      file(compressed(word(14, 2 ** 31))),
      /claims 2147483656 bytes from \d+ compressed bytes, which is impossible; .* a bomb$/,
    ],
    [
      'a short stream',
      file(
        compressed(
          variable({
            sizes: element(5, word(1, 40)),
            numbers: element(2, new Uint8Array(40)),
          }).subarray(0, 80),
        ),
      ),
      /claims 104 bytes but has only 80; the file is damaged$/,
    ],
  ])('compressed: %s', async (_, bytes, message) => {
    expect(await problemOf(bytes, 'x.mat')).toMatch(message);
  });

  test('a kilobyte of compressed zeros costs less than 10 MB', async () => {
    const count = 1_000_000;
    const sizes = element(5, word(1000, 1000));
    const numbers = element(2, new Uint8Array(count));
    const bytes = file(compressed(variable({ kind: 6, sizes, numbers })));
    expect(bytes.length).toBeLessThan(1300);
    expect(await largestAllocation(() => readAll(bytes))).toBeLessThan(10e6);
    expect((await readTensor(bytesSource('x', bytes))).data).toHaveLength(count);
  });

  test.each(['plain.mat', 'compressed.mat', 'big-endian.mat'])(
    '%s cut at any byte or with changed bytes',
    async (name) => {
      const bytes = fixtureBytes(name);
      const refusesOrReads = async (changed: Uint8Array): Promise<void> => {
        const largest = await largestAllocation(async () => {
          await readAll(changed, 'x.mat').catch((error: unknown) => {
            if (!(error instanceof FormatError)) throw error;
            expectOneLine(error.message);
          });
        });
        expect(largest).toBeLessThan(10e6);
      };
      for (let length = 0; length < bytes.length; length += 3) {
        // oxlint-disable-next-line no-await-in-loop -- one at a time
        await refusesOrReads(bytes.slice(0, length));
      }
      const change = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
          const changed = bytes.slice();
          for (const { at, byte } of changes) changed[at] = byte;
          await refusesOrReads(changed);
        }),
        { numRuns: 300 },
      );
    },
  );
});
