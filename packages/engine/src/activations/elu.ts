import { exp2, hyperbolicTangent, type Arithmetic } from '@polysem/numerics/lanes';
import { f32x4, type Body, type Local, type V128 } from '@polysem/numerics/wasm';
import type { ActivationFunction } from './activation.ts';

const zero = f32x4.const(0);

/** f(x) = x for x > 0, else e^x - 1 (Clevert et al. 2016, with alpha = 1). */
export const elu: ActivationFunction<'elu'> = {
  name: 'elu',
  label: 'ELU',
  value: (x) => (x > 0 ? x : Math.expm1(x)),
  slope: (x) => (x > 0 ? 1 : Math.exp(x)),
  hasKink: false,
  lanes: {
    value: (body, math, x) => emitValue(body, math, x, emitSlope(body, math, x)),
    withSlope: (body, math, x) => {
      const slope = emitSlope(body, math, x);
      return {
        value: emitValue(body, math, x, slope),
        backward: (gradient) => f32x4.mul(gradient, slope),
      };
    },
    isRectified: false,
  },
};

/** e^min(x, 0). */
function emitSlope(body: Body, math: Arithmetic, x: Local<'v128'>): V128 {
  return body.hold(exp2(body, math, f32x4.mul(f32x4.pmin(x, zero), f32x4.const(Math.LOG2E))));
}

/** With z = min(x, 0), e^z - 1 as tanh(z / 2) (e^z + 1), which keeps its precision near 0. */
function emitValue(body: Body, math: Arithmetic, x: Local<'v128'>, slope: V128): V128 {
  const half = f32x4.mul(f32x4.pmin(x, zero), f32x4.const(0.5));
  const below = hyperbolicTangent(body, math, half);
  return body.hold(math.multiplyAdd(below, f32x4.add(slope, f32x4.const(1)), f32x4.pmax(x, zero)));
}
