import { createHash } from 'node:crypto';
import {
  batchOf,
  dataInputs,
  dataSet,
  drawInputs,
  heldOutRows,
  isDataInputs,
  resolveInputs,
  selectRows,
  type DataInputs,
  type DataSet,
  type SparseBatch,
} from '@polysem/core/features';
import { generator } from '@polysem/numerics/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** The matrix of a batch, row by row. */
function rowsOf({ rows, features, rowStarts, indices, values }: SparseBatch): number[][] {
  return Array.from({ length: rows }, (_, row) => {
    const dense = Array.from({ length: features }, () => 0);
    for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++) dense[indices[at]] = values[at];
    return dense;
  });
}

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, features]) => {
    const number = fc.oneof(fc.constant(0), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const row = fc.array(number, { minLength: features, maxLength: features });
    return fc.array(row, { minLength: rows, maxLength: rows });
  });

describe('a batch of a matrix', () => {
  it('holds its nonzero numbers by ascending feature', () => {
    fc.assert(
      fc.property(matrices, (rows) => {
        const batch = batchOf(Float64Array.from(rows.flat()), rows.length, rows[0].length);
        expect(rowsOf(batch)).toEqual(rows.map((row) => row.map((x) => x + 0)));
        expect(batch.values).not.toContain(0);
        expect(batch.values).toHaveLength(rows.flat().filter((x) => x !== 0).length);
        batch.indices.forEach((i, at) => {
          if (!batch.rowStarts.includes(at)) expect(i).toBeGreaterThan(batch.indices[at - 1]);
        });
      }),
    );
  });

  it('gives the chosen rows in their order, also several times', () => {
    fc.assert(
      fc.property(matrices, fc.array(fc.nat({ max: 5 }), { maxLength: 9 }), (rows, numbers) => {
        const chosen = numbers.map((row) => row % rows.length);
        const batch = batchOf(Float64Array.from(rows.flat()), rows.length, rows[0].length);
        const picked = selectRows(batch, Uint32Array.from(chosen));
        expect(rowsOf(picked)).toEqual(chosen.map((row) => rowsOf(batch)[row]));
      }),
    );
  });

  it.each<[number[], number, number, string]>([
    [[1, NaN], 1, 2, 'matrix: row 0, feature 1 is NaN; every number must be finite'],
    [[1, 2, 0, 3, -Infinity, 0], 3, 2, 'matrix: row 2, feature 0 is -Infinity'],
    [[1, 2, 3], 2, 2, 'matrix: 2 rows of 2 features are 4 numbers, got 3'],
    [[1], 0, 1, 'rows: must be a positive integer'],
    [[1], 1, 0.5, 'features: must be a positive integer'],
  ])('refuses %j as %d x %d', (numbers, rows, features, message) => {
    expect(() => batchOf(Float64Array.from(numbers), rows, features)).toThrow(message);
    expect(() => dataSet(Float64Array.from(numbers), rows, features)).toThrow(message);
  });
});

describe('a data set', () => {
  const matrix = Float32Array.of(0.5, 0, -3, 0, 0, 2 ** -100);
  const data = dataSet(matrix, 3, 2);
  const inputs = dataInputs(data, 0.25);

  it('holds the batch in memory that threads share, and the hash of its numbers', () => {
    expect(rowsOf(data.batch)).toEqual(rowsOf(batchOf(matrix, 3, 2)));
    for (const { buffer } of [data.batch.rowStarts, data.batch.indices, data.batch.values])
      expect(buffer).toBeInstanceOf(SharedArrayBuffer);
    const bytes = new Uint8Array(Float64Array.from(matrix).buffer);
    expect(data.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(inputs).toEqual({
      kind: 'data',
      rows: 3,
      features: 2,
      sha256: data.sha256,
      heldOut: 0.25,
    });
    expect(isDataInputs(inputs)).toBe(true);
  });

  it('is drawn from row by row, each equally likely', () => {
    const resolved = resolveInputs(inputs, 2, data);
    const drawn = rowsOf(drawInputs(generator(3), resolved, 30_000));
    const all = rowsOf(data.batch).map(String);
    const counts = all.map((row) => drawn.filter((one) => String(one) === row).length);
    expect(counts[0] + counts[1] + counts[2]).toBe(30_000);
    // Five standard deviations of a binomial number.
    for (const count of counts)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (1 / 3) * (2 / 3)));
    // Every one of the rows is drawn, also the first.
    const firsts = Array.from({ length: 900 }, (_, seed) =>
      String(rowsOf(drawInputs(generator(seed), resolved, 1))[0]),
    );
    for (const row of all)
      expect(Math.abs(firsts.filter((one) => one === row).length - 300)).toBeLessThan(
        5 * Math.sqrt(900 * (1 / 3) * (2 / 3)),
      );
  });

  it('is drawn from with as many numbers as rows', () => {
    const resolved = resolveInputs(inputs, 2, data);
    const [parts, whole] = [generator(4), generator(4)];
    const rows = [3, 0, 4].flatMap((count) => rowsOf(drawInputs(parts, resolved, count)));
    expect(rows).toEqual(rowsOf(drawInputs(whole, resolved, 7)));
    expect(parts).toEqual(whole);
  });

  it('holds out the rounded fraction of rows, at least one unless the fraction is 0', () => {
    const counts = [0, 1e-9, 0.004, 0.014, 0.016, 0.5, 0.999].map((heldOut) =>
      heldOutRows({ rows: 100, heldOut }),
    );
    expect(counts).toEqual([0, 1, 1, 1, 2, 50, 100]);
  });

  it.each<[Partial<DataInputs>, DataSet | undefined, string]>([
    [{}, undefined, 'data: are missing; pass the 3 x 2 numbers that the spec names along with it'],
    [
      {},
      dataSet(Float32Array.of(0.5, 0, -3, 0, 0, 2 ** -99), 3, 2),
      `data: the spec names 3 x 2 numbers of SHA-256 ${data.sha256.slice(0, 12)}.., got 3 x 2 of`,
    ],
    [{ rows: 6 }, data, 'data: the spec names 6 x 2 numbers'],
    [
      { features: 3 },
      data,
      'inputs: the data have 3 features, the model 2; give the model as many',
    ],
    [{ sha256: 'x'.repeat(64) }, data, 'inputs: sha256 must be 64 hexadecimal digits, got xxxx'],
    [{ sha256: `${data.sha256}0` }, data, 'inputs: sha256 must be 64 hexadecimal digits'],
    [{ heldOut: 1 }, data, 'heldOut: must lie in [0, 1), got 1'],
    [{ heldOut: -0.1 }, data, 'heldOut: must lie in [0, 1), got -0.1'],
    [{ heldOut: 0.9 }, data, 'heldOut: 0.9 of 3 rows leaves none to train on'],
    [{ rows: 1.5 }, data, 'rows: must be a positive integer, got 1.5'],
  ])('is refused where inputs do not fit: %j', (wrong, given, message) => {
    expect(() => resolveInputs({ ...inputs, ...wrong }, 2, given)).toThrow(message);
  });

  it('of the same numbers in another shape is refused', () => {
    const other = dataSet(matrix, 2, 3);
    expect(other.sha256).toBe(data.sha256);
    expect(() => resolveInputs(inputs, 2, other)).toThrow('got 2 x 3 of');
  });
});
