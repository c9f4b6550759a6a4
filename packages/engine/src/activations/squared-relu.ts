import { f32x4 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

const zero = f32x4.const(0);

/** f(x) = max(x, 0)^2 (So et al. 2021, Primer). */
export const squaredRelu: ActivationFunction<'squared-relu'> = {
  name: 'squared-relu',
  label: 'squared ReLU',
  value: (x) => (x > 0 ? x * x : 0),
  slope: (x) => (x > 0 ? 2 * x : 0),
  hasKink: false,
  lanes: {
    value: (body, _math, x) => {
      const positive = body.hold(f32x4.pmax(x, zero));
      return f32x4.mul(positive, positive);
    },
    withSlope: (body, _math, x) => {
      const positive = body.hold(f32x4.pmax(x, zero));
      return {
        value: f32x4.mul(positive, positive),
        backward: (gradient) => f32x4.mul(gradient, f32x4.add(positive, positive)),
      };
    },
    isRectified: true,
  },
};
