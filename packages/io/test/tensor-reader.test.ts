import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, openTensors } from '../src/index.ts';
import { concat, fixtureBytes } from './helpers.ts';

const FILES = [
  'f8.npy',
  'f4.npy',
  'f2.npy',
  'f8-big-endian.npy',
  'i4.npy',
  'i2-big-endian.npy',
  'i8.npy',
  'u1.npy',
  'scalar.npy',
  'empty.npy',
  'stored.npz',
  'deflated.npz',
  'mixed.safetensors',
  'table.csv',
];

function bytesOf(name: string): Uint8Array {
  return name.endsWith('.csv') ? concat('a,b\n1,2.5\n-3,4e9\n0,7\n') : fixtureBytes(name);
}

describe('a tensor read in ranges', () => {
  test.each(FILES)('equals the whole tensor: %s', async (name) => {
    const file = await openTensors(bytesSource(name, bytesOf(name)));
    for (const { name: tensor, readable } of file.entries) {
      if (!readable) continue;
      // oxlint-disable-next-line no-await-in-loop -- a tensor after the other
      const reader = await file.open(tensor);
      // oxlint-disable-next-line no-await-in-loop
      const whole = await file.read(tensor);
      expect(reader.order).toBe('C');
      expect(whole.data).toBeInstanceOf(
        reader.precision === 'float32' ? Float32Array : Float64Array,
      );
      const place = fc.tuple(fc.nat(whole.data.length), fc.nat(whole.data.length));
      // oxlint-disable-next-line no-await-in-loop
      await fc.assert(
        fc.asyncProperty(place, async ([a, b]) => {
          const [from, to] = a < b ? [a, b] : [b, a];
          expect(await reader.read(from, to - from)).toEqual(whole.data.slice(from, to));
        }),
        { numRuns: 30 },
      );
    }
  });

  test('counts elements of Fortran order as in the file', async () => {
    const file = await openTensors(
      bytesSource('f4-fortran-3d.npy', fixtureBytes('f4-fortran-3d.npy')),
    );
    const reader = await file.open('f4-fortran-3d');
    expect(reader.order).toBe('F');
    // Shape [2, 3, 4] holding 0, 1, 2, ... in C order: the first axis steps by 12, the second by 4.
    expect(await reader.read(1, 4)).toEqual(Float32Array.of(12, 4, 16, 8));
  });

  test('returns arrays that the caller may change', async () => {
    const file = await openTensors(bytesSource('table.csv', bytesOf('table.csv')));
    const reader = await file.open('table');
    (await reader.read(0, 6)).fill(0);
    expect(await reader.read(0, 2)).toEqual(Float64Array.of(1, 2.5));
  });

  test.each([
    [-1, 1],
    [0, 7],
    [6, 1],
    [0.5, 1],
    [0, -1],
    [0, NaN],
    [2 ** 53, 1],
  ])('rejects the range of first %d and count %d', async (first, count) => {
    const file = await openTensors(bytesSource('f8.npy', fixtureBytes('f8.npy')));
    const { read } = await file.open('f8');
    await expect(read(first, count)).rejects.toThrow(
      new RangeError(`f8: elements ${first} to ${first + count} exceed its 6`),
    );
  });

  test('names a range beyond a table', async () => {
    const file = await openTensors(bytesSource('table.csv', bytesOf('table.csv')));
    const { read } = await file.open('table');
    await expect(read(4, 3)).rejects.toThrow(new RangeError('table: elements 4 to 7 exceed its 6'));
  });

  test('names the index in the whole tensor of an integer that a double cannot hold', async () => {
    const file = await openTensors(bytesSource('i8-unsafe.npy', fixtureBytes('i8-unsafe.npy')));
    const { read } = await file.open('i8-unsafe');
    await expect(read(1, 1)).rejects.toThrow('i8-unsafe.npy: element 1 is an integer near');
    expect(await read(0, 1)).toHaveLength(1);
  });
});
