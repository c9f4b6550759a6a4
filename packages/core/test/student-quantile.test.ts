import { normalQuantile } from '@polysem/numerics/elementary';
import { expect, it } from 'vitest';
import { studentQuantile } from '../src/features/distributions/student-quantile.ts';

// Computed with 40 digits (mpmath) at exactly these doubles.
const REFERENCE: [u: number, nu: number, x: number][] = [
  [1e-300, 10.0, -2.564525718948198e30],
  [4.5e-30, 2.5, -480273485183.91113],
  [1e-9, 2.1, -14328.721188285388],
  [1e-14, 1000.0, -7.765946030490381],
  [0.01, 1000000.0, -2.3263516031208056],
  [0.2, 33.0, -0.8526494236479885],
  [0.249, 5.0, -0.7302520848495431],
  [0.251, 5.0, -0.7231316000818898],
  [0.3, 1000000000.0, -0.524400512875193],
  [0.45, 4.5, -0.1329100721020201],
  [0.4999, 877.8, -0.00025073422974902283],
  [0.499999999, 5.0, -2.6343055958703566e-9],
];

it.each(REFERENCE)("the quantile of Student's t at %d with %d degrees of freedom", (u, nu, x) => {
  expect(Math.abs(studentQuantile(u, nu) / x - 1)).toBeLessThan(1e-13);
});

it('is antisymmetric about 1/2, and the quantile of the normal distribution in the limit', () => {
  for (const u of [0.125, 0.25, 0.375]) {
    expect(studentQuantile(1 - u, 3)).toBe(-studentQuantile(u, 3));
    expect(studentQuantile(u, 1e15) / normalQuantile(u)).toBeCloseTo(1, 13);
  }
  expect(studentQuantile(0.5, 3)).toBe(0);
});

it('has closed forms at 1 and 2 degrees of freedom', () => {
  for (const u of [1e-12, 1e-6, 0.01, 0.2, 0.45]) {
    expect(studentQuantile(u, 1) * Math.tan(Math.PI * u)).toBeCloseTo(-1, 13);
    const two = (2 * u - 1) * Math.sqrt(2 / (4 * u * (1 - u)));
    expect(studentQuantile(u, 2) / two).toBeCloseTo(1, 13);
  }
});
