import { logistic } from '@polysem/numerics/lanes';
import { f32x4 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

const one = f32x4.const(1);

/** f(x) = x / (1 + e^-x), also called swish (Elfwing et al. 2018, Ramachandran et al. 2017). */
export const silu: ActivationFunction<'silu'> = {
  name: 'silu',
  label: 'SiLU',
  value: (x) => x / (1 + Math.exp(-x)),
  slope: (x) => {
    const s = 1 / (1 + Math.exp(-x));
    return s * (1 + x * (1 - s));
  },
  hasKink: false,
  lanes: {
    value: (body, math, x) => f32x4.mul(x, logistic(body, math, x)),
    withSlope: (body, math, x) => {
      const s = logistic(body, math, x);
      return {
        value: f32x4.mul(x, s),
        backward: (gradient) =>
          f32x4.mul(f32x4.mul(gradient, s), math.multiplyAdd(x, f32x4.sub(one, s), one)),
      };
    },
    isRectified: false,
  },
};
