import type { ActivationFunction } from './activation.ts';

/** f(x) = x. */
export const linear: ActivationFunction<'linear'> = {
  name: 'linear',
  value: (x) => x,
  slope: () => 1,
  hasKink: false,
  lanes: {
    value: (_body, _math, x) => x,
    withSlope: (_body, _math, x) => ({ value: x, backward: (gradient) => gradient }),
    isRectified: false,
  },
};
