import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contourLines } from '../src/phase/contours.ts';
import { firstRise, lastRise } from '../src/phase/crossings.ts';
import { phaseAreas, phaseNameOf } from '../src/phase/named-phases.ts';
import { roughness } from '../src/phase/roughness.ts';

const grids = fc
  .record({ rows: fc.integer({ min: 2, max: 8 }), columns: fc.integer({ min: 2, max: 8 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      values: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: rows * columns,
        maxLength: rows * columns,
      }),
    }),
  );

describe('contour lines', () => {
  it('consist of points on grid edges where interpolation gives the level; close, or end at the border', () => {
    fc.assert(
      fc.property(grids, ({ rows, columns, values }) => {
        const level = 0.500001;
        let points = 0;
        for (const line of contourLines(values, rows, columns, level)) {
          for (const [r, c] of line) {
            const [r0, c0] = [Math.floor(r), Math.floor(c)];
            const [r1, c1] = [Math.ceil(r), Math.ceil(c)];
            expect(r0 === r1 || c0 === c1).toBe(true);
            const [a, b] = [values[r0 * columns + c0], values[r1 * columns + c1]];
            expect(a + (b - a) * (r - r0 + c - c0)).toBeCloseTo(level, 6);
          }
          const isClosed = line[0].join() === line[line.length - 1].join();
          points += line.length - Number(isClosed);
          if (isClosed) continue;
          for (const [r, c] of [line[0], line[line.length - 1]])
            expect(r === 0 || c === 0 || r === rows - 1 || c === columns - 1).toBe(true);
        }
        // Every edge between a value below and one above is crossed by one line, once.
        let crossed = 0;
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < columns; c++) {
            const here = values[r * columns + c] >= level;
            if (c + 1 < columns && values[r * columns + c + 1] >= level !== here) crossed++;
            if (r + 1 < rows && values[(r + 1) * columns + c] >= level !== here) crossed++;
          }
        }
        expect(points).toBe(crossed);
      }),
      { numRuns: 500 },
    );
  });

  it('leave out squares without a value', () => {
    expect(contourLines([0, 1, NaN, 1], 2, 2, 0.5)).toEqual([]);
    expect(contourLines([0, 1, 0, 1], 2, 2, 0.5)).toEqual([
      [
        [0, 0.5],
        [1, 0.5],
      ],
    ]);
  });
});

describe('the first rise', () => {
  it('is interpolated in the logarithm, or at an edge', () => {
    expect(firstRise([0, 0.2, 0.6], [0.01, 1, 100], 0.4).value).toBeCloseTo(10, 9);
    expect(firstRise([0.5, 0, 1], [1, 2, 3], 0.4)).toEqual({ value: 1, kind: 'atMost' });
    expect(firstRise([0, 0.1, 0.2], [1, 2, 3], 0.4)).toEqual({ value: 3, kind: 'atLeast' });
  });
});

describe('roughness', () => {
  it('is 0 for straight columns, sqrt(6) s for noise of size s, and leaves boundaries out', () => {
    const straight = Array.from({ length: 30 }, (_, k) => 0.01 * Math.floor(k / 3));
    expect(roughness(straight, 10, 3).rms).toBeLessThan(1e-15);
    const alternating = Array.from({ length: 40 }, (_, k) => 0.01 * (k % 2));
    expect(roughness(alternating, 40, 1).rms).toBeCloseTo(0.02, 12);
    const step = [0, 0, 0, 1, 1, 1];
    expect(roughness(step, 6, 1)).toEqual({ rms: 0, plain: Math.sqrt(0.5), leftOut: 0.5 });
  });
});

describe('named phases', () => {
  it('part the capacities', () => {
    expect([0, 0.0999, 0.1, 0.47, 0.5, 0.53, 0.9, 0.91].map(phaseNameOf)).toEqual([
      'ignored',
      'ignored',
      'partial',
      'partial',
      'plateau',
      'partial',
      'partial',
      'full',
    ]);
    expect(phaseAreas([0, 0.5, 0.5, 1, NaN])).toEqual({
      ignored: 0.25,
      partial: 0,
      plateau: 0.5,
      full: 0.25,
    });
  });
});

describe('the last rise', () => {
  it('is the first one of a monotone curve, and the end of the noise of another', () => {
    const at = [0.01, 0.1, 1, 10, 100];
    const monotone = [0, 0.05, 0.4, 0.95, 1];
    expect(lastRise(monotone, at, 0.1)).toEqual(firstRise(monotone, at, 0.1));
    const noisy = [0, 0.3, 0.05, 0.15, 1];
    expect(firstRise(noisy, at, 0.1).value).toBeLessThan(0.1);
    expect(lastRise(noisy, at, 0.1)).toEqual({
      value: expect.closeTo(10 ** 0.5, 9),
      kind: 'exact',
    });
    expect(lastRise([0.2, 0.3], [1, 2], 0.1)).toEqual({ value: 1, kind: 'atMost' });
    expect(lastRise([0.2, 0.05], [1, 2], 0.1)).toEqual({ value: 2, kind: 'atLeast' });
  });
});
