import { ln } from '@polysem/numerics/elementary';
import { logOneMinus } from '@polysem/numerics/lanes';
import { laplace as sampleLaplace } from '@polysem/numerics/random';
import { f32x4, v128 } from '@polysem/numerics/wasm';
import type { Distribution } from './distribution.ts';
import { factorial } from './factorial.ts';
import { signBit } from './sign-bit.ts';

export const laplace: Distribution<'laplace'> = {
  name: 'laplace',
  description: 'Laplace with mean 0 and scale 1 (variance 2)',
  quantile: (u) => (u < 0.5 ? ln(2 * u) : -ln(2 * (1 - u))),
  rawMoment: (order) => (order % 2 === 0 ? factorial(order) : 0),
  sample: sampleLaplace,
  lanes: ({ body, math, w }) => {
    // The first bit of w is the sign; the other bits are a uniform number, which is inverted.
    const signs = body.hold(signBit(w));
    const twice = body.hold(f32x4.add(w, w));
    const rest = f32x4.sub(twice, f32x4.floor(twice));
    const size = f32x4.mul(logOneMinus(body, math, rest), f32x4.const(-Math.LN2));
    return v128.xor(size, signs);
  },
};
