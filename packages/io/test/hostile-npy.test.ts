import { describe, expect, test } from 'vitest';
import { quote } from '../src/bytes/format-error.ts';
import { parsePythonLiteral } from '../src/formats/npy/python-literal.ts';
import { bytesSource, encodeNpy, openTensors, readTensor } from '../src/index.ts';
import {
  concat,
  fixtureBytes,
  largestAllocation,
  npyOf,
  problemOf,
  rawNpy,
  rawZip,
  readAll,
} from './helpers.ts';

const TRUNCATED = 'the file is truncated or damaged';

/** An npy file of version 2 whose header has so many bytes. */
function longHeader(length: number): Uint8Array {
  const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}".padEnd(length);
  const start = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0);
  return concat(start, new Uint8Array(Uint32Array.of(length).buffer), header, new Uint8Array(8));
}

describe('npy', () => {
  test('an array may have 64 axes', () => {
    const encoded = (axes: number) =>
      encodeNpy({ shape: Array.from({ length: axes }, () => 1), data: Float64Array.of(1) });
    expect(encoded(64).length % 64).toBe(8);
    expect(() => encoded(65)).toThrow('encodeNpy: 1 numbers do not fit the shape [1, 1, 1,');
  });

  test('a header may have a mebibyte', async () => {
    await readAll(longHeader(2 ** 20));
    expect(await problemOf(longHeader(2 ** 20 + 1))).toBe(
      'x: the npy header of 1048577 bytes is longer than the 1048576 allowed',
    );
  });

  const NOT_A_SHAPE = 'is not a tuple of non-negative integers below 2^53';
  const F8 = "'descr': '<f8', 'fortran_order': False";

  test.each<[string, Uint8Array, string]>([
    [
      'truncated data',
      npyOf("'<f8'", '(3, 4)', 80),
      `shape [3, 4] of F64 needs 96 data bytes, the file has 80; ${TRUNCATED}`,
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
    [
      'a carriage return within the padding',
      rawNpy(`{${F8}, 'shape': (2,)} \r \n`, new Uint8Array(16)),
      'the npy header is damaged: byte 13 at character 56 is no text',
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
      'deep nesting of tuples',
      rawNpy('('.repeat(60000)),
      'the npy header is damaged: expected no more than 32 levels of nesting at character 33',
    ],
    ...[
      [0, 0],
      [4, 0],
      [1, 1],
      [9, 1],
    ].map(([major, minor]): [string, Uint8Array, string] => [
      `version ${major}.${minor}`,
      concat(
        fixtureBytes('f8.npy').subarray(0, 6),
        Uint8Array.of(major, minor),
        new Uint8Array(20),
      ),
      `npy version ${major}.${minor} is unknown; polysem reads 1.0, 2.0 and 3.0`,
    ]),
    [
      'version 2 header of 4 GB',
      concat(fixtureBytes('version-2.npy').subarray(0, 8), Uint8Array.of(255, 255, 255, 255, 1)),
      `the npy header of 4294967295 bytes ends beyond the file's 13 bytes; ${TRUNCATED}`,
    ],
  ])('%s', async (_, bytes, message) => {
    expect(await problemOf(bytes)).toBe(`x: ${message}`);
  });

  test('as many axes as numpy allows are read', async () => {
    const bytes = npyOf("'<f8'", `(${'1, '.repeat(64)})`, 8);
    const { entries } = await openTensors(bytesSource('x', bytes));
    expect(entries.map(({ shape }) => shape.length)).toEqual([64]);
  });

  test('every truncation of a valid file is rejected', async () => {
    const valid = fixtureBytes('f8.npy');
    await Promise.all(
      Array.from({ length: valid.length }, (_, length) => problemOf(valid.subarray(0, length))),
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
      'bomb behind a small array',
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
      'stored member that claims more bytes than it has',
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

  test('a file that compresses well is not a bomb: 1 kB can hold 800 kB of zeros', async () => {
    const bytes = rawZip({ name: 'W.npy', content: zeros, deflate: true });
    expect(bytes.length).toBeLessThan(1100);
    expect(await largestAllocation(() => readAll(bytes))).toBeLessThanOrEqual(900_000);
  });

  test.each([{ deflate: false }, { deflate: true }])(
    'a member longer than one piece is read completely (deflate: $deflate)',
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

  test.each([
    { field: 'count of members', at: -12, bytes: 2 },
    { field: 'size of the directory', at: -10, bytes: 4 },
    { field: 'offset of the directory', at: -6, bytes: 4 },
  ])('an end record with another $field than that of zip64 is rejected', async ({ at, bytes }) => {
    const valid = fixtureBytes('zip64.npz');
    valid.fill(0, valid.length + at, valid.length + at + bytes);
    expect(await problemOf(valid)).toMatch(
      /the end record and the zip64 end record of the zip name different directories; the file is damaged$/,
    );
  });

  test('texts of a header may have quotes of either kind', () => {
    expect(parsePythonLiteral('(3)')).toBe(3);
    expect(parsePythonLiteral('((-3,))')).toEqual({ kind: 'tuple', items: [-3] });
    expect(parsePythonLiteral('()')).toEqual({ kind: 'tuple', items: [] });
    expect(parsePythonLiteral(`["<f8", 'it"s', "it's"]`)).toEqual({
      kind: 'list',
      items: ['<f8', 'it"s', "it's"],
    });
  });

  test.each([
    [1, 10],
    [2, 12],
    [3, 12],
  ])(
    'a header of version %d is text of one byte per letter, or UTF-8 from version 3 on',
    async (major, begin) => {
      const fields = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } #";
      const bytes = rawNpy(`${fields}\u00e9\n`, new Uint8Array(8));
      const wide = new Uint8Array(bytes.length + begin - 10);
      wide.set(bytes.subarray(0, 10));
      wide.set(bytes.subarray(10), begin);
      wide[6] = major;
      const problem = await problemOf(wide);
      // A single byte of 0xe9 is no UTF-8; as a letter it stands where nothing may stand.
      if (major === 3) expect(problem).toBe('x: the npy header is not valid UTF-8');
      else expect(problem).not.toContain('UTF-8');
    },
  );

  test('bytes from 0x80 to 0x9f of a header are no letters of Windows-1252', async () => {
    expect(await problemOf(npyOf("'<f8\u0080'", '(1,)', 8))).toBe(
      `x: descr is ${quote('<f8\u0080')}, which is not a numpy dtype`,
    );
  });

  test('an npz lists an array with a damaged header, and reads the others', async () => {
    const content = npyOf("'<f8'", '(1,)', 8);
    const zip = rawZip({ name: 'a.npy', content }, { name: 'b.npy', content: concat('no npy') });
    const file = await openTensors(bytesSource('x.npz', zip));
    expect(file.entries).toMatchObject([
      {
        name: 'a',
        readable: true,
        dtype: 'F64',
        shape: [1],
        byteLength: 136 - 128 + content.length - 8,
      },
      { name: 'b', readable: false, dtype: 'unknown', shape: [], byteOffset: 0, byteLength: 0 },
    ]);
    expect((await file.read('a')).data).toEqual(Float64Array.of(0));
    await expect(file.read('b')).rejects.toThrow(/^x\.npz: tensor "b": .*is not an npy file/);
  });

  test('a locator of zip64 that leads to no end record is rejected', async () => {
    const bytes = fixtureBytes('zip64.npz');
    const at = bytes.length - 22 - 20 - 56;
    expect([...bytes.subarray(at, at + 4)]).toEqual([0x50, 0x4b, 6, 6]);
    bytes[at] ^= 1;
    expect(await problemOf(bytes)).toMatch(/the zip64 end record is missing; the file is damaged$/);
  });

  test.each(['stored.npz', 'deflated.npz', 'zip64.npz'])(
    'every truncation of %s is rejected',
    async (name) => {
      const valid = fixtureBytes(name);
      await Promise.all(
        Array.from({ length: valid.length }, (_, length) => problemOf(valid.subarray(0, length))),
      );
    },
  );
});
