import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, featureSource, FormatError, type ByteSource } from '../src/index.ts';
import { isBlownUp, stridedNumbers } from '../src/tensors/strided-numbers.ts';
import { extentOf, orderOf } from '../src/numbers/strides.ts';
import type { TensorReader } from '../src/tensors/tensor-reader.ts';
import { readWhole } from '../src/tensors/tensor-reader.ts';
import { largestAllocation, sameBytes } from './helpers.ts';

/** Storage whose element i is the number i, in float32. */
function countingSource(elements: number): ByteSource {
  const numbers = Float32Array.from({ length: elements }, (_, i) => i);
  return bytesSource('x', new Uint8Array(numbers.buffer));
}

function reader(
  shape: readonly number[],
  strides: readonly number[],
  source: ByteSource = countingSource(extentOf(shape, strides)),
): TensorReader {
  const entry = { name: 'w', dtype: 'F32', shape, readable: true, byteOffset: 0, byteLength: 0 };
  return stridedNumbers(source, entry, { dtype: 'F32', offset: 0, strides, littleEndian: true });
}

/** The elements in C or Fortran order by the definition of strides. */
function byDefinition(shape: readonly number[], strides: readonly number[], order = 'C'): number[] {
  const axes = order === 'C' ? [...shape.keys()] : [...shape.keys()].toReversed();
  let places = [0];
  for (const axis of axes) {
    places = places.flatMap((at) =>
      Array.from({ length: shape[axis] }, (_, i) => at + i * strides[axis]),
    );
  }
  return places;
}

const view = fc
  .array(fc.record({ size: fc.nat(5), stride: fc.nat(40) }), { minLength: 1, maxLength: 4 })
  .map((axes) => ({
    shape: axes.map(({ size }) => size),
    strides: axes.map(({ stride }) => stride),
  }))
  .filter(({ shape, strides }) => orderOf(shape, strides) === null);

describe('a view with any strides', () => {
  test('agrees with the definition of strides, as a whole and in ranges', async () => {
    await fc.assert(
      fc.asyncProperty(view, fc.nat(), fc.nat(), async ({ shape, strides }, a, b) => {
        const tensor = reader(shape, strides);
        expect([...(await readWhole(tensor)).data]).toEqual(byDefinition(shape, strides));
        const all = byDefinition(shape, strides, tensor.order);
        const [from, to] = [a % (all.length + 1), b % (all.length + 1)].toSorted((x, y) => x - y);
        expect([...(await tensor.read(from, to - from))]).toEqual(all.slice(from, to));
      }),
      { numRuns: 500 },
    );
  });

  test('loads nothing before or behind the elements of a range', async () => {
    // Rows of four elements, ten apart, whose order is that of the storage.
    const [shape, strides] = [
      [6, 4],
      [10, 1],
    ];
    const spans: number[][] = [];
    const all = countingSource(extentOf(shape, strides));
    const read = async (offset: number, length: number) => {
      spans.push([offset / 4, (offset + length) / 4]);
      return all.read(offset, length);
    };
    const tensor = reader(shape, strides, { ...all, read });
    const places = byDefinition(shape, strides);
    for (let first = 0; first < 24; first++)
      for (let count = 1; first + count <= 24; count++) {
        spans.length = 0;
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await tensor.read(first, count);
        const [begin, end] = [Math.min(...spans.flat()), Math.max(...spans.flat())];
        expect([begin, end]).toEqual([places[first], places[first + count - 1] + 1]);
      }
  });

  test('gives its rows and columns as features', async () => {
    // Every other column of a transposed matrix.
    const tensor = reader([3, 4], [1, 6]);
    const rows = featureSource(tensor, 'rows', { sourceName: 'x' });
    const columns = featureSource(tensor, 'columns', { sourceName: 'x' });
    expect([...(await rows.read(1, 2))]).toEqual([1, 7, 13, 19, 2, 8, 14, 20]);
    expect([...(await columns.read(2, 1))]).toEqual([12, 13, 14]);
    await expect(tensor.read(10, 3)).rejects.toThrow('w: elements 10 to 13 exceed its 12');
  });

  /** A source of zeros that records the length of each read. */
  const watched = (size: number): { source: ByteSource; lengths: number[] } => {
    const lengths: number[] = [];
    const read = async (_: number, length: number) => {
      lengths.push(length);
      return new Uint8Array(length);
    };
    return { source: { name: 'x', size, read }, lengths };
  };

  test('uses the memory of one window for any length', async () => {
    const [rows, columns] = [3000, 1000];
    // Two transposed matrices with every second column: neighbours in the result are far apart in
    // the file.
    const { source, lengths } = watched(8 * rows * columns);
    const tensor = reader([2, columns / 2, rows], [rows * columns, 2, columns], source);
    expect(tensor.order).toBe('C');
    const largest = await largestAllocation(() => tensor.read(0, 2 * rows));
    expect(largest).toBeLessThanOrEqual(4 * 2 ** 18);
    // Reading two columns passes through one matrix from start to end, in as many windows as
    // needed.
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(4 * rows * columns);
    expect(lengths.length).toBeLessThan(15);
  });

  // Rows of five numbers of four bytes; 32 KiB between them are 8192 numbers.
  test.each([1e8, 20_000, 8198])('does not read between rows that are %d apart', async (step) => {
    const { source, lengths } = watched(4e9);
    await reader([10, 5], [step, 1], source).read(0, 50);
    expect(lengths).toEqual(Array.from({ length: 10 }, () => 20));
  });

  test('reads single elements that are far apart', async () => {
    expect([...(await reader([3], [20_000]).read(0, 3))]).toEqual([0, 20_000, 40_000]);
  });

  test('reads rows that are far apart, and matrices that several windows hold', async () => {
    expect([...(await reader([3, 2], [20_000, 1]).read(0, 6))]).toEqual([
      0, 1, 20_000, 20_001, 40_000, 40_001,
    ]);
    // The fastest axis is the one whose elements are far apart.
    const far: [number[], number[]] = [
      [2, 3, 4],
      [200_000, 5, 20_000],
    ];
    expect([...(await reader(...far).read(0, 24))]).toEqual(byDefinition(...far));
    const [shape, strides] = [
      [2, 300, 450],
      [135_000, 1, 300],
    ];
    const tensor = reader(shape, strides);
    expect(tensor.order).toBe('C');
    const { data } = await readWhole(tensor);
    expect(sameBytes(data, Float32Array.from(byDefinition(shape, strides)))).toBe(true);
  });

  test('reads the gap between rows that are close, up to 32 KiB', async () => {
    const { source, lengths } = watched(4e9);
    await reader([10, 5], [8197, 1], source).read(0, 50);
    expect(lengths).toEqual([4 * (9 * 8197 + 5)]);
  });

  test('names an integer that a double cannot hold, unless it is skipped', async () => {
    const numbers = BigInt64Array.of(1n, 2n ** 60n, 2n, 3n, 2n ** 61n);
    const entry = { name: 'w', dtype: 'I64', shape: [2], readable: true, byteOffset: 0 };
    const open = (shape: number[], stride: number) =>
      stridedNumbers(
        bytesSource('x', new Uint8Array(numbers.buffer)),
        { ...entry, shape, byteLength: 0 },
        { dtype: 'I64', offset: 0, strides: [stride], littleEndian: true },
      );
    expect(await open([2], 2).read(0, 2)).toEqual(Float64Array.of(1, 2));
    await expect(open([3], 2).read(1, 2)).rejects.toThrow(
      new FormatError(
        'x',
        'tensor "w": element 2 is an integer near 2305843009213694000, beyond 2^53, which a double cannot hold exactly',
      ),
    );
  });
});

test.each<[number[], number[], 'C' | 'F' | null]>([
  [[2, 3, 4], [12, 4, 1], 'C'],
  [[2, 3, 4], [1, 2, 6], 'F'],
  [[2, 3, 4], [12, 1, 3], null],
  [[2, 3], [1, 1], null],
  [[2, 3], [4, 1], null],
  [[2, 3], [1, 3], null],
  [[3], [2], null],
  [[3], [1], 'C'],
  [[1, 3, 1], [7, 1, 9], 'C'],
  [[2, 1, 3], [1, 5, 2], 'F'],
  [[2, 0], [9, 9], 'C'],
  [[], [], 'C'],
])('shape %j with strides %j is in order %s', (shape, strides, order) => {
  expect(orderOf(shape, strides)).toBe(order);
});

test('isBlownUp limits the ratio of elements to stored numbers', () => {
  expect(isBlownUp([2 ** 16], 1)).toBe(false);
  expect(isBlownUp([2 ** 16 + 1], 1)).toBe(true);
  expect(isBlownUp([160, 1000], 10_000)).toBe(false);
  expect(isBlownUp([161, 1000], 10_000)).toBe(true);
  expect(isBlownUp([2 ** 40, 2 ** 40], 10_000)).toBe(true);
});
