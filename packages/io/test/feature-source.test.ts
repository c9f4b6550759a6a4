import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesSource,
  encodeNpy,
  featureSource,
  openTensors,
  toEmbedding,
  type TensorReader,
} from '../src/index.ts';
import { notFinite } from '../src/numbers/not-finite.ts';
import { encodeNumbers } from '../src/numbers/convert.ts';
import { largestAllocation, rawNpy } from './helpers.ts';

/** The reader of an npy file in C or Fortran order, with `data` in the order of the file. */
async function stored(
  shape: readonly number[],
  data: Float32Array | Float64Array,
  order: 'C' | 'F' = 'C',
): Promise<TensorReader> {
  const descr = data instanceof Float64Array ? '<f8' : '<f4';
  const header = `{'descr': '${descr}', 'fortran_order': ${order === 'F' ? 'True' : 'False'}, 'shape': (${shape.join(', ')},), }`;
  const file = await openTensors(bytesSource('W.npy', rawNpy(header, encodeNumbers(data))));
  return file.open('W');
}

const matrix = fc
  .record({
    matrices: fc.option(fc.integer({ min: 1, max: 4 })),
    rows: fc.integer({ min: 1, max: 40 }),
    columns: fc.integer({ min: 1, max: 40 }),
    order: fc.constantFrom('C' as const, 'F' as const),
    axis: fc.constantFrom('rows' as const, 'columns' as const),
    double: fc.boolean(),
    memory: fc.constantFrom(1, 200, 5000, 100_000),
    which: fc.nat(),
    reads: fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 }),
  })
  .map((drawn) => ({
    ...drawn,
    shape:
      drawn.matrices === null
        ? [drawn.rows, drawn.columns]
        : [drawn.matrices, drawn.rows, drawn.columns],
  }));

describe('featureSource', () => {
  test('gives the vectors found by indexing single elements, for any memory order', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (drawn) => {
        const { matrices, rows, columns, order, axis, double, memory, shape } = drawn;
        const size = (matrices ?? 1) * rows * columns;
        const data = double ? new Float64Array(size) : new Float32Array(size);
        data.forEach((_, i) => (data[i] = i));
        const index = matrices === null ? undefined : drawn.which % matrices;
        const valueAt = (row: number, column: number): number => {
          const m = index ?? 0;
          return order === 'C'
            ? data[(m * rows + row) * columns + column]
            : data[m + (matrices ?? 1) * (row + rows * column)];
        };
        const source = featureSource(await stored(shape, data, order), axis, {
          sourceName: 'x',
          memory,
          ...(index === undefined ? {} : { index }),
        });
        const features = axis === 'rows' ? rows : columns;
        expect([source.features, source.dims]).toEqual(
          axis === 'rows' ? [rows, columns] : [columns, rows],
        );
        for (const [a, b] of drawn.reads) {
          const first = a % features;
          const count = b % (features - first + 1);
          // oxlint-disable-next-line no-await-in-loop -- each read may leave something behind for the next
          const block = await source.read(first, count);
          const expected = Array.from({ length: count * source.dims }, (_, i) => {
            const feature = first + Math.floor(i / source.dims);
            const dim = i % source.dims;
            return axis === 'rows' ? valueAt(feature, dim) : valueAt(dim, feature);
          });
          expect([...block]).toEqual(expected);
          expect(block).toBeInstanceOf(double ? Float64Array : Float32Array);
          block.fill(NaN);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gives the vectors of any slice of a tensor of four axes, and names the place of a bad number', async () => {
    const shape = [2, 3, 4, 5];
    const data = Float64Array.from({ length: 120 }, (_, i) => i);
    const strides = { C: [60, 20, 5, 1], F: [1, 2, 6, 24] };
    const slices: (number | null)[][] = [
      [1, null, 3, null],
      [null, 2, null, 0],
      [1, 2, null, null],
    ];
    for (const order of ['C', 'F'] as const)
      for (const slice of slices)
        for (const axis of ['rows', 'columns'] as const) {
          // oxlint-disable-next-line no-await-in-loop -- one slice after the other
          const reader = await stored(shape, data, order);
          const source = featureSource(reader, axis, { sourceName: 'x', slice });
          const free = [0, 1, 2, 3].filter((i) => slice[i] === null);
          const [features, dims] = axis === 'rows' ? free : free.toReversed();
          expect([source.features, source.dims]).toEqual([shape[features], shape[dims]]);
          // oxlint-disable-next-line no-await-in-loop -- as above
          const found = await source.read(0, source.features);
          found.forEach((value, at) => {
            const place = slice.map((fixed) => fixed ?? 0);
            place[features] = Math.floor(at / source.dims);
            place[dims] = at % source.dims;
            expect(value).toBe(place.reduce((sum, p, i) => sum + p * strides[order][i], 0));
          });
        }
    data[1 * 60 + 2 * 20 + 3 * 5 + 4] = NaN;
    const bad = featureSource(await stored(shape, data), 'columns', {
      sourceName: 'x',
      slice: [1, null, 3, null],
    });
    expect(bad.name).toBe('x: tensor "W"[1, :, 3, :]');
    await expect(bad.read(0, 5)).rejects.toThrow('tensor "W": NaN at [1, 2, 3, 4], in feature 4');
  });

  test.each([
    [[2, null, 0, null], '[2, :, 0, :]'],
    [[0, null, 0.5, null], '[0, :, 0.5, :]'],
    [[0, -1, null, null], '[0, -1, :, :]'],
    [[0, null, null, null], '[0, :, :, :]'],
    [[null, null, 0], '[:, :, 0]'],
  ])('refuses the slice %j of a tensor of four axes', async (slice, shown) => {
    const reader = await stored([2, 3, 4, 5], new Float64Array(120));
    expect(() => featureSource(reader, 'rows', { sourceName: 'x', slice })).toThrow(
      `x: tensor "W": shape [2, 3, 4, 5] has no slice ${shown}`,
    );
  });

  test('has at most 2^24 dimensions', async () => {
    const reader = await stored([1, 2], new Float32Array(2));
    const wide = (dims: number) => () =>
      featureSource({ ...reader, entry: { ...reader.entry, shape: [1, dims] } }, 'rows', {
        sourceName: 'x',
      });
    expect(wide(2 ** 24)().dims).toBe(2 ** 24);
    expect(wide(2 ** 24 + 1)).toThrow(
      'x: tensor "W": shape [1, 16777217] with features as rows has 16777217 dims, more than the 16777216 allowed; take its other axis',
    );
  });

  test('gives the same for simultaneous and for successive reads', async () => {
    const data = Float32Array.from({ length: 30 * 50 }, (_, i) => i);
    const source = featureSource(await stored([30, 50], data), 'columns', {
      sourceName: 'x',
      memory: 1000,
    });
    const places = [0, 40, 3, 20, 49, 7];
    const together = await Promise.all(places.map((first) => source.read(first, 1)));
    places.forEach((first, i) => {
      expect([...together[i]]).toEqual(Array.from({ length: 30 }, (_, row) => row * 50 + first));
    });
  });

  test.each([
    ['each element once', 64, 4000, 7],
    ['short runs together', 4000, 20, 1],
  ])('reads %s in a pass over columns, within its memory', async (_, rows, columns, step) => {
    const data = new Float32Array(rows * columns);
    const file = await openTensors(
      bytesSource('W.npy', encodeNpy({ shape: [rows, columns], data })),
    );
    const reader = await file.open('W');
    const counts: number[] = [];
    const counted: TensorReader = {
      ...reader,
      read: (first, count) => {
        counts.push(count);
        return reader.read(first, count);
      },
    };
    const memory = 1e5;
    const source = featureSource(counted, 'columns', { sourceName: 'x', memory });
    await source.read(0, step);
    const largest = await largestAllocation(async () => {
      for (let first = 0; first < columns; first += step) {
        // oxlint-disable-next-line no-await-in-loop -- one pass
        await source.read(first, Math.min(step, columns - first));
      }
    });
    if (rows < columns) expect(counts.reduce((sum, count) => sum + count)).toBe(rows * columns);
    expect(Math.max(...counts)).toBeLessThanOrEqual(memory / 8 / 4);
    expect(largest).toBeLessThanOrEqual(memory);
  });

  test('gives nothing of a read that failed', async () => {
    const data = Float32Array.from({ length: 8 * 50 }, (_, i) => 1 + i);
    const reader = await stored([8, 50], data);
    let reads = 0;
    const failing: TensorReader = {
      ...reader,
      read: (...range) =>
        ++reads === 2 ? Promise.reject(new Error('cut off')) : reader.read(...range),
    };
    const source = featureSource(failing, 'columns', { sourceName: 'x', memory: 600 });
    await expect(source.read(20, 1)).rejects.toThrow('cut off');
    const column = (i: number) => Float32Array.from({ length: 8 }, (_, row) => data[row * 50 + i]);
    expect(await source.read(0, 1)).toEqual(column(0));
    expect(await source.read(20, 1)).toEqual(column(20));
  });

  test('reads single numbers where there is memory for no more', async () => {
    const reader = await stored([8, 50], new Float32Array(400));
    const counts = new Set<number>();
    const counted: TensorReader = {
      ...reader,
      read: (first, count) => (counts.add(count), reader.read(first, count)),
    };
    await featureSource(counted, 'columns', { sourceName: 'x', memory: 200 }).read(3, 9);
    expect([...counts]).toEqual([1]);
  });

  test('equals the embedding of the whole tensor', async () => {
    const data = Float64Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const reader = await stored([3, 4], data, 'F');
    const file = await openTensors(
      bytesSource('W.npy', encodeNpy({ shape: [3, 4], data: Float64Array.from(data) })),
    );
    expect((await file.read('W')).data).toEqual(data);
    for (const axis of ['rows', 'columns'] as const) {
      const w = toEmbedding(
        { name: 'W', shape: [4, 3], dtype: 'F64', data },
        axis === 'rows' ? 'columns' : 'rows',
        'x',
      );
      // oxlint-disable-next-line no-await-in-loop
      const block = await featureSource(reader, axis, { sourceName: 'x' }).read(0, w.features);
      expect(block).toEqual(w.data);
    }
  });

  test.each([
    ['rows' as const, undefined, 'x: tensor "W": NaN at [1, 2], in feature 1; every value'],
    ['columns' as const, undefined, 'x: tensor "W": NaN at [1, 2], in feature 2; every value'],
    ['rows' as const, 1, 'x: tensor "W": NaN at [1, 1, 2], in feature 1; every value'],
  ])('names tensor, place and feature of a NaN (%s, %s)', async (axis, index, message) => {
    const data = new Float32Array(index === undefined ? 6 : 12);
    data[data.length - 1] = NaN;
    const reader = await stored(index === undefined ? [2, 3] : [2, 2, 3], data);
    const source = featureSource(reader, axis, {
      sourceName: 'x',
      ...(index === undefined ? {} : { index }),
    });
    await expect(source.read(1, source.features - 1)).rejects.toMatchObject({
      name: 'FormatError',
      message: expect.stringContaining(message) as string,
    });
    if (axis === 'rows') await source.read(0, 1);
  });

  test.each<[number[], number | undefined, string]>([
    [[6], undefined, 'shape [6] is not a matrix'],
    [[1, 1, 2, 3], undefined, 'shape [1, 1, 2, 3] is not a matrix'],
    [[0, 3], undefined, 'shape [0, 3] is empty'],
    [
      [2, 1, 3],
      undefined,
      'shape [2, 1, 3] is a stack of 2 matrices; choose one by its index, 0 to 1',
    ],
    [[2, 1, 3], 2, 'shape [2, 1, 3] is a stack of 2 matrices; the index must be 0 to 1, not 2'],
    [
      [1, 2 ** 24 + 1],
      undefined,
      'shape [1, 16777217] with features as rows has 16777217 dims, more than the 16777216 allowed; take its other axis',
    ],
    [[2, 3], 0, 'shape [2, 3] is one matrix, not a stack of them; leave out the index 0'],
  ])('refuses shape %j with index %s', (shape, index, message) => {
    const entry = {
      name: 'W',
      dtype: 'F32',
      shape,
      readable: true,
      byteOffset: 0,
      byteLength: 0,
    };
    const reader: TensorReader = {
      entry,
      precision: 'float32',
      order: 'C',
      read: async () => new Float32Array(0),
    };
    expect(() =>
      featureSource(reader, 'rows', {
        sourceName: 'x',
        ...(index === undefined ? {} : { index }),
      }),
    ).toThrow(
      expect.objectContaining({
        name: 'FormatError',
        message: expect.stringContaining(`x: tensor "W": ${message}`) as string,
      }) as Error,
    );
  });

  test('reads contiguous vectors on request, and nothing else', async () => {
    const reader = await stored(
      [2, 5, 3],
      Float32Array.from({ length: 30 }, (_, i) => i),
    );
    const calls: number[][] = [];
    const counted: TensorReader = {
      ...reader,
      read: (first, count) => {
        calls.push([first, count]);
        return reader.read(first, count);
      },
    };
    const source = featureSource(counted, 'rows', { sourceName: 'x', index: 1 });
    expect([...(await source.read(2, 2))]).toEqual([21, 22, 23, 24, 25, 26]);
    expect(calls).toEqual([[21, 6]]);
  });

  test('names the place of a slice, its first index too', async () => {
    const data = new Float32Array(2 * 3 * 4 * 5);
    // Element [0, 1, 0, 3].
    data[1 * 20 + 3] = Infinity;
    const reader = await stored([2, 3, 4, 5], data);
    const at = (slice: readonly (number | null)[]) =>
      featureSource(reader, 'rows', { sourceName: 'x', slice });
    const source = at([0, null, 0, null]);
    expect(source).toMatchObject({ name: 'x: tensor "W"[0, :, 0, :]', features: 3, dims: 5 });
    await expect(source.read(0, 3)).rejects.toThrow(
      'x: tensor "W": Infinity at [0, 1, 0, 3], in feature 1; every value must be finite',
    );
    for (const slice of [
      [0, null, 4, null],
      [-1, null, 0, null],
      [0, 0, 0, null],
      [null, null, 0, null],
      [0, null, 0.5, null],
      [0, null, null],
    ])
      expect(() => at(slice)).toThrow(
        `x: tensor "W": shape [2, 3, 4, 5] has no slice [${slice.map((one) => one ?? ':').join(', ')}]`,
      );
  });

  test('rejects a range beyond its features', async () => {
    const source = featureSource(await stored([2, 3], new Float32Array(6)), 'rows', {
      sourceName: 'x',
    });
    await expect(source.read(1, 2)).rejects.toThrow(
      new RangeError('x: tensor "W": no 2 features from 1 on, it has 2'),
    );
  });
});

test('notFinite agrees with Number.isFinite for all patterns of sign and exponent', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double(), { maxLength: 9 }),
      fc.boolean(),
      fc.nat(8),
      fc.constantFrom(1, NaN, Infinity, -Infinity, Number.MAX_VALUE, 2 ** 127),
      (values, double, at, value) => {
        const data = double ? Float64Array.from(values) : Float32Array.from(values);
        if (at < data.length) data[at] = value;
        expect(notFinite(data)).toBe(data.findIndex((x) => !Number.isFinite(x)));
      },
    ),
  );
  for (let upper = 0; upper < 65536; upper++) {
    const single = new Float32Array(Int32Array.of(upper << 16).buffer);
    expect(notFinite(single) === -1).toBe(Number.isFinite(single[0]));
  }
});
