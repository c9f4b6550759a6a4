import { hyperbolicTangent } from '@polysem/numerics/lanes';
import { f32x4 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

/** f(x) = tanh(x). */
export const tanh: ActivationFunction<'tanh'> = {
  name: 'tanh',
  value: Math.tanh,
  slope: (x) => 1 / Math.cosh(x) ** 2,
  hasKink: false,
  lanes: {
    value: hyperbolicTangent,
    withSlope: (body, math, x) => {
      const t = hyperbolicTangent(body, math, x);
      return {
        value: t,
        backward: (gradient) => f32x4.mul(gradient, math.multiplySubtract(t, t, f32x4.const(1))),
      };
    },
    isRectified: false,
  },
};
