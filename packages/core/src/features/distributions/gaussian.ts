import { normalQuantile } from '@polysem/numerics/elementary';
import { cosineOfTurns, logOneMinus, toUniform } from '@polysem/numerics/lanes';
import { normal } from '@polysem/numerics/random';
import { f32x4 } from '@polysem/numerics/wasm';
import type { Distribution } from './distribution.ts';

export const gaussian: Distribution<'gaussian'> = {
  name: 'gaussian',
  description: 'normal with mean 0 and variance 1',
  quantile: normalQuantile,
  rawMoment: (order) => (order % 2 === 0 ? oddFactorial(order) : 0),
  sample: normal,
  // Box and Muller (1958).
  lanes: ({ body, math, w, words }) => {
    const log = logOneMinus(body, math, w);
    const radius = f32x4.sqrt(f32x4.mul(log, f32x4.const(-2 * Math.LN2)));
    return f32x4.mul(radius, cosineOfTurns(body, math, toUniform(words())));
  },
};

/** 1 * 3 * 5 * ... * (order - 1) for an even order. */
function oddFactorial(order: number): number {
  let product = 1;
  for (let factor = order - 1; factor > 1; factor -= 2) product *= factor;
  return product;
}
