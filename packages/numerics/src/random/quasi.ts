import { uniform } from './distributions.ts';
import type { Generator } from './generator.ts';
import { permutation } from './shuffle.ts';

/** Up to this many dimensions a Kronecker sequence is more even than a Latin hypercube. */
const KRONECKER_UP_TO = 6;

/**
 * Quasi-random points in the unit cube: more even than independent points, yet each is uniform, so averages over them are
 * unbiased.
 *
 * Up to 6 dimensions: an additive recurrence with the generalised golden ratio (Roberts 2018: the R_d sequence) and a
 * random shift (Cranley & Patterson 1976); a longer sequence starts with a shorter one. Beyond 6: a Latin hypercube (McKay
 * et al. 1979), even in each single dimension.
 *
 * @param g generator.
 * @param dims number of coordinates per point.
 * @param count number of points.
 * @returns count x dims numbers in [0, 1), point by point.
 * @example
 * ```js
 * import { generator, quasiPoints } from 'polysem/random';
 * quasiPoints(generator(1), 2, 3).length; // 6
 * ```
 */
export function quasiPoints(g: Generator, dims: number, count: number): Float64Array {
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

/** The root above 1 of x^(d + 1) = x + 1, by Newton's method with multiplications only: the same bits everywhere. */
function goldenRatio(dims: number): number {
  let x = 2;
  for (let round = 0; round < 40; round++) {
    let power = 1;
    for (let d = 0; d < dims; d++) power *= x;
    x -= (power * x - x - 1) / ((dims + 1) * power - 1);
  }
  return x;
}
