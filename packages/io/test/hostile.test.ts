import { describe, expect, test } from 'vitest';
import { giveTensors } from '../src/formats/registry.ts';
import { bytesSource, encodeNpy, openTensors, readTensor } from '../src/index.ts';
import {
  concat,
  fixtureBytes,
  largestAllocation,
  npyOf,
  problemOf,
  rawNpy,
  rawSafetensors,
  rawZip,
  readAll,
} from './helpers.ts';

/** The end of the error for a file of an unknown format. */
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
      // 2^61 * 8 bytes is 0 modulo 2^64, which a careless product would take for the true size.
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
      'the last 3 bytes belong to no tensor; the file is damaged',
    ],
    [
      'offsets backwards',
      rawSafetensors({ a: tensor([1], 8, 0) }, 8),
      'tensor "a": data_offsets [8,0] are not a begin and an end',
    ],
    [
      'unknown dtype',
      rawSafetensors({ W: tensor([1], 0, 8, 'F80') }, 8),
      'tensor "W": dtype "F80" is unknown',
    ],
    [
      'dtype named like an inherited property',
      rawSafetensors({ W: tensor([1], 0, 8, 'constructor') }, 8),
      'tensor "W": dtype "constructor" is unknown',
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
    ['no dtype', rawSafetensors({ W: {} }), 'tensor "W": dtype is missing or not a string'],
    [
      'name with a line break and a terminal escape',
      rawSafetensors({ 'a\n\u001b[31m\u2028\u202e': tensor([1], 0, 8, 'X') }, 8),
      'tensor "a\\n\\u001b[31m\\u{2028}\\u{202e}": dtype "X" is unknown',
    ],
    ['text', concat('feature,x,y\n0,1,2\n'), `is not a file of weights; ${GIVE}`],
    ['nothing', new Uint8Array(0), 'is empty'],
    ['five bytes', new Uint8Array(5), `has only 5 bytes, too few for a file of weights; ${GIVE}`],
  ])('%s', async (_, bytes, message) => {
    expect(await problemOf(bytes)).toBe(`x: ${message}`);
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

  test('every truncation of a sound file is refused', async () => {
    const sound = fixtureBytes('mixed.safetensors');
    await Promise.all(
      Array.from({ length: sound.length }, (_, length) => problemOf(sound.subarray(0, length))),
    );
  });

  test('a tensor called __proto__ is a tensor, and pollutes nothing', async () => {
    const header =
      '{"__proto__":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"__metadata__":{"__proto__":"m"}}';
    const file = await openTensors(bytesSource('x', rawSafetensors(header, 8)));
    expect((await file.read('__proto__')).data).toEqual(new Float64Array(1));
    expect(Object.getPrototypeOf(file.metadata)).toBe(Object.prototype);
    expect(Object.entries(file.metadata)).toEqual([['__proto__', 'm']]);
    await expect(file.read('toString')).rejects.toThrow('x: no tensor "toString"');
  });

  test('the 0 x N shape is sound', async () => {
    const bytes = rawSafetensors({ W: tensor([0, 5], 0, 0), b: tensor([1], 0, 8) }, 8);
    const file = await openTensors(bytesSource('x', bytes));
    expect((await file.read('W')).data).toEqual(new Float64Array(0));
  });

  test.each([
    ['F4', [4], 2, 'numbers that need the scales of their blocks'],
    ['F6_E2M3', [4], 3, 'numbers that need the scales of their blocks'],
    ['F6_E3M2', [4], 3, 'numbers that need the scales of their blocks'],
    ['F8_E8M0', [3], 3, 'scales of blocks, not weights'],
    ['C64', [2], 16, 'complex numbers; save the real and the imaginary part as two tensors'],
    ['BOOL', [2], 2, 'booleans; save it as F32'],
  ])('%s is listed, and refused when read', async (dtype, shape, bytes, holds) => {
    const file = await openTensors(
      bytesSource('x', rawSafetensors({ W: tensor(shape, 0, bytes, dtype) }, bytes)),
    );
    expect(file.entries[0]).toMatchObject({ dtype, shape, readable: false, byteLength: bytes });
    await expect(file.read('W')).rejects.toThrow(
      `x: tensor "W": dtype ${dtype} is not read: it holds ${holds}`,
    );
  });

  test('half a byte is no size', async () => {
    expect(await problemOf(rawSafetensors({ W: tensor([3], 0, 2, 'F4') }, 2))).toBe(
      'x: tensor "W": shape [3] of F4 needs 1.5 bytes, data_offsets [0, 2] hold 2',
    );
  });
});

describe('npy', () => {
  const NOT_A_SHAPE = 'is not a tuple of non-negative integers below 2^53';
  const F8 = "'descr': '<f8', 'fortran_order': False";

  test.each<[string, Uint8Array, string]>([
    [
      'truncated data',
      npyOf("'<f8'", '(3, 4)', 80),
      `shape [3, 4] of F64 needs 96 data bytes, the file has 80; ${TRUNCATED}`,
    ],
    [
      'two arrays in one file',
      concat(encodeNpy({ shape: [1], data: new Float64Array(1) }), new Uint8Array(136)),
      'shape [1] of F64 needs 8 data bytes, the file has 144; ' +
        'if several arrays were saved into it, save them with np.savez',
    ],
    [
      'truncated header',
      fixtureBytes('f8.npy').subarray(0, 50),
      `the npy header of 118 bytes ends beyond the file's 50 bytes; ${TRUNCATED}`,
    ],
    [
      'only the magic',
      fixtureBytes('f8.npy').subarray(0, 6),
      'the npy header is cut off; the file is truncated',
    ],
    ['negative size', npyOf("'<f8'", '(2, -3)', 48), `shape [2, -3] ${NOT_A_SHAPE}`],
    [
      'size beyond 2^53',
      npyOf("'<f8'", '(9007199254740993,)', 8),
      `shape [9007199254740992] ${NOT_A_SHAPE}`,
    ],
    ['nested shape', npyOf("'<f8'", '((2,), 3)', 48), `shape ${NOT_A_SHAPE}`],
    ['shape that is a list', npyOf("'<f8'", '[2, 3]', 48), 'shape is not a tuple of sizes'],
    ['shape that is a number', npyOf("'<f8'", '(6)', 48), 'shape is not a tuple of sizes'],
    [
      'overflowing shape',
      npyOf("'<f8'", '(4294967296, 4294967296, 2)', 8),
      'shape [4294967296, 4294967296, 2] is larger than any file',
    ],
    [
      '65 axes',
      npyOf("'<f8'", `(${'1, '.repeat(65)})`, 8),
      "shape has 65 axes, more than numpy's 64",
    ],
    ['unknown dtype', npyOf("'<q8'", '(1,)', 8), 'descr is "<q8", which is not a numpy dtype'],
    [
      'dtype with a tail',
      npyOf("'<f8x'", '(1,)', 8),
      'descr is "<f8x", which is not a numpy dtype',
    ],
    [
      'dtype None',
      npyOf('None', '(1,)', 8),
      'descr is not a string or list, which is not a numpy dtype',
    ],
    [
      'long double',
      npyOf("'<f16'", '(1,)', 16),
      'dtype "<f16" holds floating-point numbers of an unusual size; save it with .astype(\'float32\')',
    ],
    ['no shape', rawNpy(`{${F8}}`), "the npy header lacks 'shape'"],
    [
      'unknown field',
      rawNpy(`{${F8}, 'shape': (), 'x': 1}`),
      'the npy header has an unknown field "x"',
    ],
    [
      'duplicate field',
      rawNpy(`{${F8}, 'descr': '<f4', 'shape': ()}`),
      "the npy header is damaged: expected 'descr' only once at character 48",
    ],
    [
      'fortran_order 1',
      rawNpy("{'descr': '<f8', 'fortran_order': 1, 'shape': ()}"),
      'fortran_order is neither True nor False',
    ],
    [
      'code',
      rawNpy("{'descr': '<f8', 'fortran_order': __import__('os').system('x'), 'shape': ()}"),
      'the npy header is damaged: expected a Python literal at character 34',
    ],
    ['not a dict', rawNpy("('<f8', False, ())"), 'the npy header is not a dict'],
    [
      'text after the dict',
      rawNpy('{} {}'),
      'the npy header is damaged: expected nothing more at character 3',
    ],
    [
      'deep nesting',
      rawNpy('['.repeat(60000)),
      'the npy header is damaged: expected no more than 32 levels of nesting at character 33',
    ],
    [
      'version 9.1',
      concat(fixtureBytes('f8.npy').subarray(0, 6), Uint8Array.of(9, 1), new Uint8Array(20)),
      'npy version 9.1 is unknown; polysem reads 1.0, 2.0 and 3.0',
    ],
    [
      'version 2 header of 4 GB',
      concat(fixtureBytes('version-2.npy').subarray(0, 8), Uint8Array.of(255, 255, 255, 255, 1)),
      `the npy header of 4294967295 bytes ends beyond the file's 13 bytes; ${TRUNCATED}`,
    ],
  ])('%s', async (_, bytes, message) => {
    expect(await problemOf(bytes)).toBe(`x: ${message}`);
  });

  test('every truncation of a sound file is refused', async () => {
    const sound = fixtureBytes('f8.npy');
    await Promise.all(
      Array.from({ length: sound.length }, (_, length) => problemOf(sound.subarray(0, length))),
    );
  });
});

describe('npz', () => {
  const one = encodeNpy({ shape: [1], data: Float64Array.of(7) });
  const zeros = encodeNpy({ shape: [100_000], data: new Float64Array(100_000) });
  const member = (claim: object, content = one, deflate = false) =>
    rawZip({ name: 'W.npy', content, deflate, claim });

  test.each<[string, Uint8Array, string]>([
    [
      'bomb that claims to be small',
      member({ size: one.length }, zeros, true),
      '/W.npy: claims 136 bytes but has more; the file is damaged',
    ],
    [
      'bomb that is small, then is not',
      member({ size: one.length }, concat(one, new Uint8Array(800_000)), true),
      '/W.npy: claims 136 bytes but has more; the file is damaged',
    ],
    [
      'claim of 4 GB',
      member({ size: 4_000_000_000 }, zeros, true),
      '/W.npy: claims 4000000000 bytes from 873 compressed bytes, which is impossible; the file is damaged or a bomb',
    ],
    [
      'array larger than its member',
      member({}, npyOf("'<f8'", '(1099511627776,)', 8), true),
      '/W.npy: shape [1099511627776] of F64 needs 8796093022208 data bytes, the file has 8; the file is truncated or damaged',
    ],
    [
      'stored member larger than it is',
      member({ size: 5000 }),
      '/W.npy: claims 5000 bytes from 136 compressed bytes, which is impossible; the file is damaged or a bomb',
    ],
    ['wrong CRC', member({ crc: 1 }), '/W.npy: its CRC-32 is wrong; the file is damaged'],
    [
      'wrong CRC, deflated',
      member({ crc: 1 }, one, true),
      '/W.npy: its CRC-32 is wrong; the file is damaged',
    ],
    ['encrypted', member({ flags: 1 }), '/W.npy: the zip member is encrypted'],
    [
      'bzip2',
      member({ method: 12 }),
      '/W.npy: zip compression method 12 is not supported; use np.savez or np.savez_compressed',
    ],
    [
      'stored bytes called deflated',
      member({ method: 8 }, new Uint8Array(200).fill(0xff)),
      '/W.npy: its compressed data are damaged',
    ],
    [
      'directory that points elsewhere',
      member({ headerOffset: 1 }),
      '/W.npy: the zip directory does not point to a member; the file is damaged',
    ],
    ['text called npy', member({}, concat('hello, world')), '/W.npy: is not an npy file'],
    [
      'no npy inside',
      rawZip({ name: 'notes.txt', content: concat('hello') }),
      ': is a zip without npy members (the first is "notes.txt"), not an npz file',
    ],
    [
      'members that share their bytes',
      rawZip(
        { name: 'a.npy', content: zeros, deflate: true },
        { name: 'b.npy', content: zeros, deflate: true, claim: { headerOffset: 0 } },
      ),
      ': member "a.npy" of the zip overlaps the next one; the file is damaged or a bomb',
    ],
    [
      'two members of one name',
      rawZip({ name: 'W.npy', content: one }, { name: 'W.npy', content: one }),
      ': two members of the zip are called "W.npy"',
    ],
    [
      'no end record',
      fixtureBytes('stored.npz').subarray(0, 500),
      ': the zip has no end record; the file is truncated or damaged',
    ],
  ])('%s', async (_, bytes, message) => {
    let found = '';
    const largest = await largestAllocation(async () => {
      found = await problemOf(bytes);
    });
    expect(found).toBe(`x${message}`);
    expect(largest).toBeLessThan(1e6);
  });

  test('what compresses well is no bomb: 1 kB of file may honestly be 800 kB of zeros', async () => {
    const bytes = rawZip({ name: 'W.npy', content: zeros, deflate: true });
    expect(bytes.length).toBeLessThan(1100);
    expect(await largestAllocation(() => readAll(bytes))).toBeLessThanOrEqual(900_000);
  });

  test.each([{ deflate: false }, { deflate: true }])(
    'a member longer than one piece is read whole (deflate: $deflate)',
    async ({ deflate }) => {
      const data = Float64Array.from({ length: 20_000 }, (_, i) => Math.sin(i));
      const content = encodeNpy({ shape: [20_000], data });
      const zip = rawZip({ name: 'W.npy', content, deflate });
      expect((await readTensor(bytesSource('x', zip))).data).toEqual(data);
    },
  );

  test('an archive without members holds no tensor', async () => {
    expect((await openTensors(bytesSource('x', rawZip()))).entries).toEqual([]);
  });

  test.each(['stored.npz', 'deflated.npz', 'zip64.npz'])(
    'every truncation of %s is refused',
    async (name) => {
      const sound = fixtureBytes(name);
      await Promise.all(
        Array.from({ length: sound.length }, (_, length) => problemOf(sound.subarray(0, length))),
      );
    },
  );
});
