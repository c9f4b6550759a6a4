import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binEdges, histogram } from '../src/capacity/histogram.ts';

describe('histogram', () => {
  it('counts every value once, in the bin that contains it', () => {
    const number = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(number, fc.constantFrom(0, NaN, Infinity, -1, 1, 1000)), {
          maxLength: 50,
        }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('linear' as const, 'log' as const),
        (values, bins, scale) => {
          const edges = binEdges(0.01, 1000, bins, scale);
          const { counts, outside } = histogram(values, edges);
          const expected = Array.from({ length: bins }, (_, b) => {
            const isLast = b === bins - 1;
            return values.filter(
              (v) => v >= edges[b] && (isLast ? v <= edges[b + 1] : v < edges[b + 1]),
            ).length;
          });
          expect(Array.from(counts)).toEqual(expected);
          expect(outside).toBe(values.length - expected.reduce((a, b) => a + b));
        },
      ),
    );
  });

  it('counts a value at an edge in the bin above it, and one at the last edge in the last bin', () => {
    const edges = Float64Array.of(0, 0.5, 1, 4);
    expect(histogram(edges, edges)).toEqual({
      edges,
      counts: Float64Array.of(1, 1, 2),
      outside: 0,
    });
    expect(histogram([-1e-300, 4 + 1e-15], edges).outside).toBe(2);
  });

  it('spaces edges equally or by equal ratios', () => {
    expect(Array.from(binEdges(0, 2, 4, 'linear'))).toEqual([0, 0.5, 1, 1.5, 2]);
    expect(Array.from(binEdges(-1, 3, 4, 'linear'))).toEqual([-1, 0, 1, 2, 3]);
    // Both ends exactly, although -1 + (to + 1) is rounded.
    for (const to of [0.1, 0.3, 0.7, 1e-20])
      expect([...binEdges(-1, to, 3, 'linear')].filter((_, b) => b % 3 === 0)).toEqual([-1, to]);
    const edges = binEdges(0.01, 1, 4, 'log');
    for (let b = 0; b < 4; b++) expect(edges[b + 1] / edges[b]).toBeCloseTo(10 ** 0.5, 12);
  });

  it('rejects edges that do not ascend', () => {
    expect(() => binEdges(1, 1, 4, 'linear')).toThrow('the range must ascend, got 1 to 1');
    for (const [from, to] of [
      [2, 1],
      [0, Infinity],
      [NaN, 1],
      [-1e308, 1e308],
    ])
      expect(() => binEdges(from, to, 4, 'linear')).toThrow('the range must ascend, got');
    expect(() => binEdges(-1, 1, 4, 'log')).toThrow('must ascend from a positive number');
    expect(() => binEdges(0, 1, 4, 'log')).toThrow(
      'must ascend from a positive number, got 0 to 1',
    );
    expect(() => binEdges(0, 1, 0, 'linear')).toThrow('bins: must be a positive integer');
    expect(() => histogram([], Float64Array.of(1))).toThrow('needs at least two edges, got 1');
    expect(() => histogram([], Float64Array.of(1, 1))).toThrow('edges must ascend');
  });
});
