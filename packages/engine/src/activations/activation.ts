import type { Arithmetic } from '@polysem/numerics/lanes';
import {
  exp2,
  hyperbolicTangent,
  logistic,
  logOneMinus,
  normalDistribution,
} from '@polysem/numerics/lanes';
import type { Body, Local } from '@polysem/numerics/wasm';
import { f32x4, v128, type V128 } from '@polysem/numerics/wasm';
import { normalCdf, normalDensity } from '@polysem/numerics/elementary';

/** The name of an activation f. */
export type Activation =
  'linear' | 'quadratic' | 'relu' | 'gelu' | 'abs' | 'silu' | 'tanh' | 'softplus';

/** An activation and its derivative, twice: as the reference models read them, in float64, and in four float32 lanes. */
export interface ActivationFunction {
  /** f(x). */
  readonly value: (x: number) => number;
  /** f'(x); at a kink 0. */
  readonly slope: (x: number) => number;
  /** Whether its slope jumps somewhere, and with it that of losses on given inputs. */
  readonly hasKink: boolean;
  readonly lanes: LaneActivation;
}

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
const one = f32x4.const(1);

/** Every activation. A new one is its name above and an entry here. */
export const activations: Readonly<Record<Activation, ActivationFunction>> = {
  linear: {
    value: (x) => x,
    slope: () => 1,
    hasKink: false,
    lanes: {
      value: (_body, _math, x) => x,
      both: (_body, _math, x) => ({ value: x, back: (pull) => pull }),
      isRectified: false,
    },
  },
  quadratic: {
    value: (x) => x * x,
    slope: (x) => 2 * x,
    hasKink: false,
    lanes: {
      value: (_body, _math, x) => f32x4.mul(x, x),
      both: (_body, _math, x) => ({
        value: f32x4.mul(x, x),
        back: (pull) => f32x4.mul(pull, f32x4.add(x, x)),
      }),
      isRectified: false,
    },
  },
  relu: {
    value: (x) => (x > 0 ? x : 0),
    slope: (x) => (x > 0 ? 1 : 0),
    hasKink: true,
    lanes: {
      // In this order a NaN stays one.
      value: (_body, _math, x) => f32x4.pmax(x, zero),
      both: (_body, _math, x) => ({
        value: f32x4.pmax(x, zero),
        back: (pull) => v128.and(pull, f32x4.gt(x, zero)),
      }),
      isRectified: true,
    },
  },
  // The exact form x Phi(x) of Hendrycks & Gimpel 2016, not its tanh approximation.
  gelu: {
    value: (x) => x * normalCdf(x),
    slope: (x) => normalCdf(x) + x * normalDensity(x),
    hasKink: false,
    lanes: {
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
  },
  abs: {
    value: Math.abs,
    slope: Math.sign,
    hasKink: true,
    lanes: {
      value: (_body, _math, x) => f32x4.abs(x),
      both: (_body, _math, x) => ({
        value: f32x4.abs(x),
        back: (pull) => {
          const signed = v128.xor(pull, v128.and(x, f32x4.const(-0)));
          return v128.and(signed, f32x4.gt(f32x4.abs(x), zero));
        },
      }),
      isRectified: false,
    },
  },
  // Also called swish (Elfwing et al. 2018, Ramachandran et al. 2017).
  silu: {
    value: (x) => x / (1 + Math.exp(-x)),
    slope: (x) => {
      const s = 1 / (1 + Math.exp(-x));
      return s * (1 + x * (1 - s));
    },
    hasKink: false,
    lanes: {
      value: (body, math, x) => f32x4.mul(x, logistic(body, math, x)),
      both: (body, math, x) => {
        const s = logistic(body, math, x);
        return {
          value: f32x4.mul(x, s),
          back: (pull) =>
            f32x4.mul(f32x4.mul(pull, s), math.multiplyAdd(x, f32x4.sub(one, s), one)),
        };
      },
      isRectified: false,
    },
  },
  tanh: {
    value: Math.tanh,
    slope: (x) => 1 / Math.cosh(x) ** 2,
    hasKink: false,
    lanes: {
      value: hyperbolicTangent,
      both: (body, math, x) => {
        const t = hyperbolicTangent(body, math, x);
        return { value: t, back: (pull) => f32x4.mul(pull, math.multiplySubtract(t, t, one)) };
      },
      isRectified: false,
    },
  },
  softplus: {
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    slope: (x) => 1 / (1 + Math.exp(-x)),
    hasKink: false,
    lanes: {
      value: softplus,
      both: (body, math, x) => ({
        value: softplus(body, math, x),
        back: (pull) => f32x4.mul(pull, logistic(body, math, x)),
      }),
      isRectified: false,
    },
  },
};

/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). */
function softplus(body: Body, math: Arithmetic, x: Local<'v128'>): V128 {
  const e = exp2(body, math, f32x4.mul(f32x4.abs(x), f32x4.const(-Math.LOG2E)));
  const log2 = logOneMinus(body, math, f32x4.neg(e));
  return body.hold(math.multiplyAdd(log2, f32x4.const(Math.LN2), f32x4.pmax(x, zero)));
}
