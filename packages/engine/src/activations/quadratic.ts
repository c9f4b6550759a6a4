import { f32x4 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

/** f(x) = x^2. */
export const quadratic: ActivationFunction<'quadratic'> = {
  name: 'quadratic',
  value: (x) => x * x,
  slope: (x) => 2 * x,
  hasKink: false,
  lanes: {
    value: (_body, _math, x) => f32x4.mul(x, x),
    withSlope: (_body, _math, x) => ({
      value: f32x4.mul(x, x),
      backward: (gradient) => f32x4.mul(gradient, f32x4.add(x, x)),
    }),
    isRectified: false,
  },
};
