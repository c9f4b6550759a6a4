import { normalCdf, normalDensity } from '@polysem/numerics/elementary';
import { normalDistribution } from '@polysem/numerics/lanes';
import { f32x4 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

/** f(x) = x Phi(x): the exact form of Hendrycks & Gimpel 2016, not its tanh approximation. */
export const gelu: ActivationFunction<'gelu'> = {
  name: 'gelu',
  label: 'GeLU',
  value: (x) => x * normalCdf(x),
  slope: (x) => normalCdf(x) + x * normalDensity(x),
  hasKink: false,
  lanes: {
    value: (body, math, x) => f32x4.mul(x, normalDistribution(body, math, x).cdf),
    withSlope: (body, math, x) => {
      const { cdf, density } = normalDistribution(body, math, x);
      return {
        value: f32x4.mul(x, cdf),
        backward: (gradient) => f32x4.mul(gradient, math.multiplyAdd(x, density, cdf)),
      };
    },
    isRectified: false,
  },
};
