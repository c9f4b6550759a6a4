import { gaussLegendre } from '@polysem/numerics/elementary';
import { expect, it } from 'vitest';
import { studentQuantile } from '../src/features/distributions/student-quantile.ts';

const RULE = gaussLegendre(16);

/** The integral of sin^(nu - 1) from 0 to an angle, in units of the largest value, over intervals that halve towards 0. */
function sinePower(angle: number, nu: number): number {
  let sum = 0;
  for (let end = angle, part = 0; part < 100; end /= 2, part++)
    RULE.nodes.forEach((node, k) => {
      // Two rules per interval, since sin^(nu - 1) is steep for large nu.
      for (const half of [0, 1]) {
        const at = (end / 2) * (1 + half / 2 + (1 + node) / 4);
        sum += ((RULE.weights[k] * end) / 8) * Math.sin(at) ** (nu - 1);
      }
    });
  return sum;
}

/** P(T > x) for x > 0: with x = sqrt(nu) cot(angle) the density is proportional to sin^(nu - 1). */
function tailOf(x: number, nu: number): number {
  return sinePower(Math.atan2(Math.sqrt(nu), x), nu) / sinePower(Math.PI / 2, nu) / 2;
}

it.each([1, 2, 2.5, 4.5, 5, 7.3, 12, 33, 64.5])(
  'has the tail of its density at %f degrees of freedom',
  (nu) => {
    for (const u of [1e-14, 1e-9, 1e-5, 1e-3, 0.02, 0.1, 0.25, 0.4, 0.49, 0.4999]) {
      const x = -studentQuantile(u, nu);
      // An error of 1e-12 of x, or of 1 where x is small, changes the tail by up to nu + 1 times as much.
      expect(Math.abs(tailOf(x, nu) / u - 1)).toBeLessThan(3e-13 * (nu + 3));
      // 1 - u rounds by 2^-54, and the slope at small u is x / (nu u).
      const rounding = 2 ** -53 / u / Math.min(1, nu);
      expect(Math.abs(studentQuantile(1 - u, nu) / x - 1)).toBeLessThan(
        rounding + 1e-11 / Math.min(1, x),
      );
    }
    expect(studentQuantile(0.5, nu)).toBe(0);
  },
);

it('has closed forms at 1 and 2 degrees of freedom', () => {
  for (const u of [1e-12, 1e-6, 0.01, 0.2, 0.45]) {
    expect(studentQuantile(u, 1) * Math.tan(Math.PI * u)).toBeCloseTo(-1, 12);
    const two = (2 * u - 1) * Math.sqrt(2 / (4 * u * (1 - u)));
    expect(studentQuantile(u, 2) / two).toBeCloseTo(1, 12);
  }
});
