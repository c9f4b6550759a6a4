import { exp2, logistic, logOneMinus, type Arithmetic } from '@polysem/numerics/lanes';
import { f32x4, type Body, type Local, type V128 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

/** f(x) = log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). */
export const softplus: ActivationFunction<'softplus'> = {
  name: 'softplus',
  value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  slope: (x) => 1 / (1 + Math.exp(-x)),
  hasKink: false,
  lanes: {
    value: emitValue,
    withSlope: (body, math, x) => ({
      value: emitValue(body, math, x),
      backward: (gradient) => f32x4.mul(gradient, logistic(body, math, x)),
    }),
    isRectified: false,
  },
};

function emitValue(body: Body, math: Arithmetic, x: Local<'v128'>): V128 {
  const e = exp2(body, math, f32x4.mul(f32x4.abs(x), f32x4.const(-Math.LOG2E)));
  const log2 = logOneMinus(body, math, f32x4.neg(e));
  return body.hold(math.multiplyAdd(log2, f32x4.const(Math.LN2), f32x4.pmax(x, f32x4.const(0))));
}
