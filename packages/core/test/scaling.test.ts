import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestEntry, multiply, scaleNearOne, scaleOf } from '../src/streaming/scaling.ts';

/** A power of two, and magnitudes from the smallest subnormal number to the largest. */
const exponent = fc.integer({ min: -1074, max: 1023 });
const mantissa = fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true });
const isPower = (x: number): boolean => Math.log2(x) % 1 === 0 && 2 ** Math.log2(x) === x;

describe('scaleOf', () => {
  it('is 1 for 0 and between 2^-16 and 2^16, and brings others to [1, 2)', () => {
    expect(scaleOf(0)).toBe(1);
    for (const edge of [2 ** -16, 2 ** 16]) expect(scaleOf(edge)).toBe(1 / edge);
    for (const near of [2 ** -16 * (1 + 2 ** -52), 1, 3, 2 ** 16 * (1 - 2 ** -53)])
      expect(scaleOf(near)).toBe(1);
    fc.assert(
      fc.property(exponent, mantissa, (e, m) => {
        const x = m * 2 ** e;
        const scale = scaleOf(x);
        expect(isPower(scale)).toBe(true);
        if (x > 2 ** -16 && x < 2 ** 16) expect(scale).toBe(1);
        // A power beyond 2^1022 has a reciprocal that is not normal.
        else if (x < 2 ** -1022) expect(scale).toBe(2 ** 1022);
        else if (x >= 2 ** 1023) expect(scale).toBe(2 ** -1022);
        else {
          // The logarithm of a number just below a power of two is rounded up.
          expect(x * scale).toBeGreaterThan(1 - 2 ** -40);
          expect(x * scale).toBeLessThan(2);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('scaleNearOne', () => {
  it('multiplies each vector exactly, by the given scale where that suffices', () => {
    const vector = fc.tuple(
      exponent,
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(vector, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: -300, max: 300 }),
        (list, of) => {
          const vectors = list.map(([e, entries]) => entries.map((x) => x * 2 ** e));
          // A vector beyond `count` is not changed.
          const chunk = Float64Array.from([...vectors.flat(), 2 ** 100, 0, 0]);
          const given = 2 ** of;
          const factors = scaleNearOne(chunk, vectors.length, 3, given);
          expect(factors).toHaveLength(vectors.length);
          vectors.forEach((entries, f) => {
            const largest = Math.max(...entries.map(Math.abs));
            const isEnough = largest * given > 2 ** -16 && largest * given < 2 ** 16;
            expect(factors[f]).toBe(isEnough ? given : scaleOf(largest));
            expect([...chunk.subarray(3 * f, 3 * f + 3)]).toEqual(
              entries.map((x) => x * factors[f]),
            );
          });
          expect(chunk.at(-3)).toBe(2 ** 100);
        },
      ),
      { numRuns: 200 },
    );
    // At the edges of what suffices, the vector gets a factor of its own.
    for (const edge of [2 ** -16, 2 ** 16])
      expect([...scaleNearOne(Float64Array.of(edge / 4, 0), 1, 2, 4)]).toEqual([scaleOf(edge / 4)]);
  });
});

it('the largest entry is a magnitude, and a number that is not finite is named by its place', () => {
  expect(largestEntry(Float64Array.of(1, -5, 3), 1, 0, 'w')).toBe(5);
  expect(largestEntry(new Float64Array(0), 1, 0, 'w')).toBe(0);
  expect(() => largestEntry(Float64Array.of(1, 2, 3, 4, NaN, 6), 3, 10, 'w')).toThrow(
    'w: feature 11 has NaN in dimension 1',
  );
  expect(() => largestEntry(Float64Array.of(1, -Infinity), 2, 0, 'w')).toThrow(
    'w: feature 0 has -Infinity in dimension 1',
  );
});

it('multiplies a chunk in place', () => {
  const chunk = Float32Array.of(1, -2);
  multiply(chunk, 4);
  multiply(chunk, 1);
  expect([...chunk]).toEqual([4, -8]);
});
