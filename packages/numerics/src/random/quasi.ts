import { uniform } from './distributions.ts';
import type { Generator } from './generator.ts';
import { permutation } from './shuffle.ts';

/** Up to so many dimensions a Kronecker sequence is more even than a Latin hypercube. */
const KRONECKER_UP_TO = 6;

/**
 * Points in the unit cube that are more even than random ones, each of them uniform: so an average over them is unbiased.
 *
 * Up to 6 dimensions an additive recurrence with the generalised golden ratio (Roberts 2018: the R_d sequence), moved by
 * a random shift (Cranley & Patterson 1976); the first points of a longer sequence are those of a shorter one. Beyond, a
 * Latin hypercube (McKay et al. 1979), even in every dimension by itself.
 *
 * @returns count x dims numbers in [0, 1), point by point.
 */
export function quasiPoints(dims: number, count: number, g: Generator): Float64Array {
  const points = new Float64Array(count * dims);
  if (dims > KRONECKER_UP_TO) {
    for (let d = 0; d < dims; d++) {
      permutation(g, count).forEach((place, k) => {
        points[k * dims + d] = (place + uniform(g)) / count;
      });
    }
    return points;
  }
  const step = 1 / goldenRatio(dims);
  let alpha = 1;
  for (let d = 0; d < dims; d++) {
    alpha *= step;
    let at = uniform(g);
    for (let k = 0; k < count; k++) {
      points[k * dims + d] = at;
      at += alpha;
      if (at >= 1) at -= 1;
    }
  }
  return points;
}

/** The root above 1 of x^(d + 1) = x + 1, by Newton's method and multiplications alone: the same bits everywhere. */
function goldenRatio(dims: number): number {
  let x = 2;
  for (let round = 0; round < 40; round++) {
    let power = 1;
    for (let d = 0; d < dims; d++) power *= x;
    x -= (power * x - x - 1) / ((dims + 1) * power - 1);
  }
  return x;
}
