/** Terms of each series: on [-pi/4, pi/4] the first omitted term is below 1e-18. */
const TERMS = 9;

/**
 * cos(pi x), to about an ulp of 1. The same bits in every engine, unlike Math.cos.
 *
 * @param x angle in half turns.
 * @returns the cosine.
 * @example
 * ```js
 * import { cosineOfHalfTurns } from 'polysem/elementary';
 * cosineOfHalfTurns(1); // -1
 * ```
 */
export function cosineOfHalfTurns(x: number): number {
  const turn = Math.abs(x) % 2;
  return withinHalfTurn(turn > 1 ? 2 - turn : turn);
}

/** cos(pi x) for x in [0, 1]. */
function withinHalfTurn(x: number): number {
  if (x > 0.75) return -withinHalfTurn(1 - x);
  if (x > 0.25) return sine(Math.PI * (0.5 - x));
  const square = Math.PI * x * (Math.PI * x);
  let sum = 0;
  for (let k = TERMS; k >= 1; k--) sum = ((1 + sum) * -square) / ((2 * k - 1) * (2 * k));
  return 1 + sum;
}

/** sin(z) for |z| <= pi / 4. */
function sine(z: number): number {
  const square = z * z;
  let sum = 0;
  for (let k = TERMS; k >= 1; k--) sum = ((1 + sum) * -square) / (2 * k * (2 * k + 1));
  return z + z * sum;
}
