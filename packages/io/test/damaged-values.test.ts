// Damage that once gave other values without an error. Each file is a valid one with a small change.
import { describe, expect, test } from 'vitest';
import { bytesSource, encodeNpy, openTensors, readTable } from '../src/index.ts';
import { concat, fixtureBytes, problemOf, rawZip } from './helpers.ts';

/** Bytes with a text replaced by another of the same length, at its n-th place. */
function edited(bytes: Uint8Array, from: string, to: string, place = 0): Uint8Array {
  const out = Buffer.from(bytes);
  let at = -1;
  for (let i = 0; i <= place; i++) at = out.indexOf(from, at + 1, 'latin1');
  expect(at).toBeGreaterThan(-1);
  out.write(to, at, 'latin1');
  return new Uint8Array(out);
}

const npz = (): Uint8Array =>
  rawZip({ name: 'W.npy', content: encodeNpy({ shape: [3], data: Float64Array.of(1, 2, 3) }) });

describe('npz', () => {
  test('a shape that became smaller is found by the checksum, although not all bytes are read', async () => {
    expect(await problemOf(edited(npz(), '(3,)', '(2,)'))).toBe(
      'x/W.npy: its CRC-32 is wrong; the file is damaged',
    );
  });

  test('bytes after an array are still allowed where the checksum is right', async () => {
    const array = encodeNpy({ shape: [2], data: Float64Array.of(1, 2) });
    const bytes = rawZip({ name: 'W.npy', content: concat(array, 'more') });
    const file = await openTensors(bytesSource('x.npz', bytes));
    expect((await file.read('W')).data).toEqual(Float64Array.of(1, 2));
    expect(file.notes?.[0]).toMatch(/^"W": /);
  });
});

describe('zip', () => {
  test.each([
    ['the directory', 1],
    ['the member', 0],
  ])('a name that was changed in %s alone', async (_, place) => {
    expect(await problemOf(edited(npz(), 'W.npy', 'V.npy', place))).toMatch(
      /^x\/[VW]\.npy: the zip directory and the member have different names; the file is damaged$/,
    );
  });

  test('a member with content that is marked as a folder', async () => {
    const damaged = new Uint8Array(npz());
    // The record of the only member ends the directory with its name of 5 bytes.
    const record = damaged.length - 22 - 51;
    damaged[record + 38] |= 0x10;
    expect(await problemOf(damaged)).toBe(
      'x: member "W.npy" of the zip is marked as a folder but has content; the file is damaged',
    );
  });

  test('bytes between the directory and its end record', async () => {
    const bytes = npz();
    const end = bytes.length - 22;
    const damaged = concat(bytes.subarray(0, end), 'PK', bytes.subarray(end));
    expect(await problemOf(damaged)).toBe(
      'x: the zip directory does not end at its end record; the file is damaged',
    );
  });

  test('a directory that overlaps its end record', async () => {
    const bytes = npz();
    // The directory claims one byte more of its own, and the name of the member one more.
    const end = bytes.length - 22;
    const damaged = new Uint8Array(bytes);
    damaged[end + 12] += 1;
    damaged[end - 51 + 28] += 1;
    expect(await problemOf(damaged)).toBe(
      'x: the zip directory does not end at its end record; the file is damaged',
    );
  });
});

describe('PyTorch', () => {
  /** A checkpoint `{w: tensor}` of two floats; `dtype` and `order` as the file states them. */
  const checkpoint = (type: string, order: string, keys: readonly string[] = ['w']): Uint8Array => {
    const text = (value: string): Uint8Array =>
      concat('X', Uint8Array.of(value.length, 0, 0, 0), value);
    const tensor = (storage: string): Uint8Array =>
      concat(
        'ctorch._utils\n_rebuild_tensor_v2\n((',
        text('storage'),
        `ctorch\n${type}\n`,
        text(storage),
        text('cpu'),
        Uint8Array.from(Buffer.from('K\x02tQK\x00K\x02\x85K\x01\x85\x89}tR', 'latin1')),
      );
    const items = keys.flatMap((key, i) => [text(key), tensor(String(i))]);
    return rawZip(
      { name: 'a/data.pkl', content: concat(Uint8Array.of(0x80, 2), '}(', ...items, 'u.') },
      { name: 'a/byteorder', content: concat(order) },
      ...keys.map((_, i) => ({
        name: `a/data/${i}`,
        content: new Uint8Array(Float32Array.of(1 + 2 * i, 2 + 2 * i).buffer),
      })),
    );
  };

  test('a storage with more bytes than its type needs', async () => {
    const file = await openTensors(bytesSource('x.pt', checkpoint('FloatStorage', 'little')));
    expect((await file.read('w')).data).toEqual(Float32Array.of(1, 2));
    expect(await problemOf(checkpoint('HalfStorage', 'little'))).toBe(
      'x: tensor "w": its storage has 8 bytes, not those of 2 elements of F16; the file is damaged',
    );
  });

  test.each(['bog', 'bigger than any byte order', ''])('the byte order "%s"', async (order) => {
    expect(await problemOf(checkpoint('FloatStorage', order))).toMatch(
      /^x\/a\/byteorder: is neither "little" nor "big"; the file is damaged$/,
    );
  });

  test('the last of two tensors with one key counts, as in Python', async () => {
    const bytes = checkpoint('FloatStorage', 'little', ['w', 'w']);
    const file = await openTensors(bytesSource('x.pt', bytes));
    expect(file.entries.map(({ name }) => name)).toEqual(['w']);
    expect((await file.read('w')).data).toEqual(Float32Array.of(3, 4));
  });
});

describe('ONNX', () => {
  test('a zero point of another type than the integers', async () => {
    const damaged = new Uint8Array(fixtureBytes('quantised.onnx'));
    // The zero points `zeros of int4` become unsigned: type 22, INT4, becomes 21, UINT4.
    const name = Buffer.from(damaged).lastIndexOf('zeros of int4');
    const type = name - 3;
    expect(damaged[type]).toBe(22);
    damaged[type] = 21;
    const file = await openTensors(bytesSource('x.onnx', damaged));
    await expect(file.read('by blocks of int4')).rejects.toThrow(
      'x.onnx: tensor "by blocks of int4": has integers of type I4 and zero points of type U4; the file is damaged',
    );
  });

  test('integers in the place of scales', async () => {
    const damaged = Buffer.from(fixtureBytes('quantised.onnx'));
    const input = damaged.lastIndexOf('four', damaged.indexOf('by axis -2'));
    damaged.write('zero', input);
    const file = await openTensors(bytesSource('x.onnx', new Uint8Array(damaged)));
    await expect(file.read('by axis -2')).rejects.toThrow(
      'x.onnx: tensor "by axis -2": has scales of type I8, not of floats; the file is damaged',
    );
  });
});

describe('CSV', () => {
  const csv = (text: string): ReturnType<typeof bytesSource> =>
    bytesSource('x.csv', new TextEncoder().encode(text));

  test.each(['0.5,\r1.25,3\n4,5,6\n', '1,2,3\n"a",\r2,3\n'])(
    'a carriage return within a line: %j',
    async (text) => {
      const says = 'a carriage return stands within the line; end all lines in the same way';
      await expect(openTensors(csv(text))).rejects.toThrow(says);
      await expect(readTable(csv(`x,y,z\n${text}`))).rejects.toThrow(says);
    },
  );

  test('carriage returns at the end of lines and in quotes are allowed', async () => {
    const { columns } = await readTable(csv('a,b\r\r\n"x\ry",1\r\r\nz,2\r\n'));
    expect(columns.map(({ values }) => [...values])).toEqual([
      ['x\ry', 'z'],
      [1, 2],
    ]);
  });
});
