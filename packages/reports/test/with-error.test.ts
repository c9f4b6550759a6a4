import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withError } from '../src/text/with-error.ts';

describe('a number with its standard error', () => {
  it('is written for errors of any size', () => {
    expect(withError(4.999964, 3.2e-7)).toBe('4.9999640 ± 0.0000003');
    expect(withError(1, 1e-300)).toMatch(/^1\.0+ ± 0\.0+$/);
    const size = fc.double({ min: 1e-30, max: 1e30, noNaN: true });
    fc.assert(
      fc.property(size, size, fc.boolean(), (value, error, isNegative) => {
        const text = withError(isNegative ? -value : value, error);
        const [, mean, , power] = /^\(?(-?[\d.e+]+) ± ([\d.e+]+)\)?(?:e(-?\d+))?$/.exec(text) ?? [];
        const read = Number(mean) * 10 ** Number(power ?? 0);
        // Rounded to the first digit of the error, which is at most the error itself.
        expect(Math.abs(read - (isNegative ? -value : value))).toBeLessThanOrEqual(
          error * 1.0001 + Math.abs(value) * 1e-14,
        );
      }),
    );
  });
});
