import { f32x4, v128 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

/** f(x) = |x|. */
export const abs: ActivationFunction<'abs'> = {
  name: 'abs',
  value: Math.abs,
  slope: Math.sign,
  hasKink: true,
  lanes: {
    value: (_body, _math, x) => f32x4.abs(x),
    withSlope: (_body, _math, x) => ({
      value: f32x4.abs(x),
      backward: (gradient) => {
        const signed = v128.xor(gradient, v128.and(x, f32x4.const(-0)));
        return v128.and(signed, f32x4.gt(f32x4.abs(x), f32x4.const(0)));
      },
    }),
    isRectified: false,
  },
};
