import type { Activation } from '../../models/activation.ts';
import { normalDistribution } from './elementary.ts';
import type { Arithmetic } from './arithmetic.ts';
import type { Body, Local } from '../wasm/module.ts';
import { f32x4, v128, type V128 } from '../wasm/value.ts';

/** An activation in four lanes. */
export interface LaneActivation {
  /** f(x). */
  readonly value: (body: Body, math: Arithmetic, x: Local<'v128'>) => V128;
  /** f(x) and what multiplies a pull to send it back through f: pull -> pull f'(x). */
  readonly both: (
    body: Body,
    math: Arithmetic,
    x: Local<'v128'>,
  ) => { readonly value: V128; readonly back: (pull: V128) => V128 };
  /** f(x) = 0 and f'(x) = 0 for x <= 0, so that much of the way back can be left out. */
  readonly isRectified: boolean;
}

const zero = f32x4.const(0);

/** Every activation, in four lanes; the functions of `models/activation.ts`. */
export const laneActivations: Readonly<Record<Activation, LaneActivation>> = {
  linear: {
    value: (_body, _math, x) => x,
    both: (_body, _math, x) => ({ value: x, back: (pull) => pull }),
    isRectified: false,
  },
  quadratic: {
    value: (_body, _math, x) => f32x4.mul(x, x),
    both: (_body, _math, x) => ({
      value: f32x4.mul(x, x),
      back: (pull) => f32x4.mul(pull, f32x4.add(x, x)),
    }),
    isRectified: false,
  },
  relu: {
    // In this order a NaN stays one.
    value: (_body, _math, x) => f32x4.pmax(x, zero),
    both: (_body, _math, x) => ({
      value: f32x4.pmax(x, zero),
      back: (pull) => v128.and(pull, f32x4.gt(x, zero)),
    }),
    isRectified: true,
  },
  gelu: {
    value: (body, math, x) => f32x4.mul(x, normalDistribution(body, math, x).cdf),
    both: (body, math, x) => {
      const { cdf, density } = normalDistribution(body, math, x);
      return {
        value: f32x4.mul(x, cdf),
        back: (pull) => f32x4.mul(pull, math.multiplyAdd(x, density, cdf)),
      };
    },
    isRectified: false,
  },
};
