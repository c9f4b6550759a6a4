import { f32x4, v128 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

const zero = f32x4.const(0);

/** f(x) = max(x, 0). */
export const relu: ActivationFunction<'relu'> = {
  name: 'relu',
  label: 'ReLU',
  value: (x) => (x > 0 ? x : 0),
  slope: (x) => (x > 0 ? 1 : 0),
  hasKink: true,
  lanes: {
    // pmax(x, 0) is NaN where x is; pmax(0, x) would be 0.
    value: (_body, _math, x) => f32x4.pmax(x, zero),
    withSlope: (_body, _math, x) => ({
      value: f32x4.pmax(x, zero),
      backward: (gradient) => v128.and(gradient, f32x4.gt(x, zero)),
    }),
    isRectified: true,
  },
};
