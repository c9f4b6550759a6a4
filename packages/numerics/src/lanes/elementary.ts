import type { Arithmetic } from './arithmetic.ts';
import type { Body } from '../wasm/module.ts';
import { f32x4, i32x4, v128, type V128 } from '../wasm/value.ts';

/*
 * Elementary functions in four float32 lanes, from minimax polynomials fitted in relative error (Remez's weights by
 * iterated reweighting). Each coefficient list states the error of its fit, which is below float32's 6e-8. The same bits in
 * every engine, unlike the functions of Math.
 */

/** log2(1 + f) / f on [sqrt(1/2) - 1, sqrt(2) - 1]; 2.6e-8. */
const LOG2 = [
  1.4426950216293335, -0.7213473320007324, 0.48091062903404236, -0.3607036769390106,
  0.2879162132740021, -0.23894508183002472, 0.21571609377861023, -0.2072681039571762,
  0.1258336752653122,
];
/** 2^x on [-1/2, 1/2]; 1.9e-9. */
const EXP2 = [
  1, 0.6931471824645996, 0.24022646248340607, 0.05550328642129898, 0.009618489071726799,
  0.0013399930903688073, 0.0001534580223960802,
];
/** sin(2 pi y) / y in y^2, |y| <= 1/4; 5e-9. */
const SINE = [
  6.2831854820251465, -41.341678619384766, 81.60223388671875, -76.57498931884766, 39.71091842651367,
];
/** Mills's ratio Phi(-z) / phi(z) divided by t = 1 / (1 + 0.3 z), in t, 0 <= z <= 14; 3e-9. */
const MILLS = [
  0.30000990629196167, 0.29972463846206665, 0.27629920840263367, 0.19658240675926208,
  0.24078525602817535, -0.19865107536315918, 0.4802330732345581, -0.5716872215270996,
  0.2816871702671051, -0.051669225096702576,
];
const MILLS_SCALE = 0.3;
/**
 * The density of the normal distribution stays at least 2^LEAST_EXPONENT / sqrt(2 pi), 2e-32, its value at |x| = 12. Smaller
 * ones would become subnormal when multiplied by weights and gradients, and processors take many times as long for subnormal
 * numbers.
 */
const LEAST_EXPONENT = -104;
/** tanh(x) / x in x^2, |x| <= 5/8; 1e-8. */
const TANH = [
  1, -0.3333325982093811, 0.13331127166748047, -0.053721074014902115, 0.020590994507074356,
  -0.005659987684339285,
];
const TANH_NEAR = 0.625;
const ROOT_HALF_BITS = 0x3f3504f3;

function constant(body: Body, value: number): V128 {
  return body.constant(f32x4.const(value));
}

function whole(body: Body, value: number): V128 {
  return body.constant(i32x4.const(value));
}

function polynomial(body: Body, { multiplyAdd }: Arithmetic, x: V128, coefficients: number[]) {
  const value = body.hold(constant(body, coefficients[coefficients.length - 1]));
  for (let k = coefficients.length - 2; k >= 0; k--) {
    body.set(value, multiplyAdd(value, x, constant(body, coefficients[k])));
  }
  return value;
}

/**
 * log2(1 - w) for w in [-1, 1), accurate near w = 0. 1 - w must not be subnormal.
 *
 * @param body function under construction.
 * @param math multiply-adds to use.
 * @param w arguments in [-1, 1).
 * @returns the base-2 logarithms.
 * @example
 * ```js
 * import { arithmetic, logOneMinus } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * const write = (body, w) => body.return(logOneMinus(body, arithmetic(false), w));
 * moduleBuilder().define(['v128'], 'v128', write).result; // 'v128'
 * ```
 */
export function logOneMinus(body: Body, math: Arithmetic, w: V128): V128 {
  const lost = body.hold(w);
  const { exponent, mantissa } = split(body, f32x4.sub(constant(body, 1), lost));
  // If 1 - w is its own mantissa, -w is the exact value that the subtraction rounds.
  const f = body.hold(
    v128.select(
      f32x4.neg(lost),
      f32x4.sub(mantissa, constant(body, 1)),
      i32x4.eq(exponent, whole(body, 0)),
    ),
  );
  return joined(body, math, f, exponent);
}

/** log2(x) for x > 0, not subnormal. */
export function log2(body: Body, math: Arithmetic, x: V128): V128 {
  const { exponent, mantissa } = split(body, x);
  return joined(body, math, body.hold(f32x4.sub(mantissa, constant(body, 1))), exponent);
}

/** Splits x into a mantissa in [sqrt(1/2), sqrt(2)) and a power of two. */
function split(body: Body, x: V128): { readonly exponent: V128; readonly mantissa: V128 } {
  const shifted = body.hold(i32x4.sub(x, whole(body, ROOT_HALF_BITS)));
  return {
    exponent: body.hold(i32x4.shrS(shifted, 23)),
    mantissa: body.hold(
      i32x4.add(v128.and(shifted, whole(body, 0x007fffff)), whole(body, ROOT_HALF_BITS)),
    ),
  };
}

function joined(body: Body, math: Arithmetic, f: V128, exponent: V128): V128 {
  const q = polynomial(body, math, f, LOG2);
  return body.hold(math.multiplyAdd(f, q, f32x4.fromI32(exponent)));
}

/** Adding this to a float n (|n| up to several hundred) leaves n + 127 in its lowest bits. */
const TO_EXPONENT = 1.5 * 2 ** 23 + 127;

/**
 * 2^x for x in [-126, 127]; outside, the value at the nearer end.
 *
 * @param body function under construction.
 * @param math multiply-adds to use.
 * @param x exponents.
 * @returns the powers.
 * @example
 * ```js
 * import { arithmetic, exp2 } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * const write = (body, x) => body.return(exp2(body, arithmetic(false), x));
 * moduleBuilder().define(['v128'], 'v128', write).result; // 'v128'
 * ```
 */
export function exp2(body: Body, math: Arithmetic, x: V128): V128 {
  return exp2From(body, math, x, -126);
}

/** 2^x for x in [least, 127], least >= -126; outside, the value at the nearer end. */
function exp2From(body: Body, math: Arithmetic, x: V128, least: number): V128 {
  const above = f32x4.pmax(x, constant(body, least));
  const inside = body.hold(f32x4.pmin(above, constant(body, 127)));
  const shifted = body.hold(f32x4.add(inside, constant(body, TO_EXPONENT)));
  const nearest = f32x4.sub(shifted, constant(body, TO_EXPONENT));
  const p = polynomial(body, math, body.hold(f32x4.sub(inside, nearest)), EXP2);
  return body.hold(f32x4.mul(p, i32x4.shl(shifted, 23)));
}

/**
 * cos(2 pi x) for x in [0, 1].
 *
 * @param body function under construction.
 * @param math multiply-adds to use.
 * @param x angles in turns.
 * @returns the cosines.
 * @example
 * ```js
 * import { arithmetic, cosineOfTurns } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * const write = (body, x) => body.return(cosineOfTurns(body, arithmetic(false), x));
 * moduleBuilder().define(['v128'], 'v128', write).result; // 'v128'
 * ```
 */
export function cosineOfTurns(body: Body, math: Arithmetic, x: V128): V128 {
  // cos(2 pi x) = sin(2 pi (|x - 1/2| - 1/4)), whose argument is between -1/4 and 1/4.
  const y = body.hold(
    f32x4.sub(f32x4.abs(f32x4.sub(x, constant(body, 0.5))), constant(body, 0.25)),
  );
  const p = polynomial(body, math, body.hold(f32x4.mul(y, y)), SINE);
  return body.hold(f32x4.mul(p, y));
}

/**
 * Distribution function Phi(x) and density phi(x) of the standard normal. Beyond |x| = 12 the density is 2e-32, and Phi is
 * less than that from 0 or 1.
 *
 * @param body function under construction.
 * @param math multiply-adds to use.
 * @param x arguments.
 * @returns distribution function and density.
 * @example
 * ```js
 * import { arithmetic, normalDistribution } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * const write = (body, x) => body.return(normalDistribution(body, arithmetic(false), x).cdf);
 * moduleBuilder().define(['v128'], 'v128', write).result; // 'v128'
 * ```
 */
export function normalDistribution(
  body: Body,
  math: Arithmetic,
  x: V128,
): { readonly cdf: V128; readonly density: V128 } {
  const at = body.hold(x);
  const exponent = f32x4.mul(f32x4.mul(at, at), constant(body, -0.5 * Math.LOG2E));
  const density = body.hold(
    f32x4.mul(
      exp2From(body, math, exponent, LEAST_EXPONENT),
      constant(body, 1 / Math.sqrt(2 * Math.PI)),
    ),
  );
  const t = body.hold(
    f32x4.div(
      constant(body, 1),
      math.multiplyAdd(f32x4.abs(at), constant(body, MILLS_SCALE), constant(body, 1)),
    ),
  );
  const tail = body.hold(f32x4.mul(f32x4.mul(polynomial(body, math, t, MILLS), t), density));
  const cdf = body.hold(
    v128.select(f32x4.sub(constant(body, 1), tail), tail, f32x4.gt(at, constant(body, 0))),
  );
  return { cdf, density };
}

/**
 * The logistic function 1 / (1 + e^-x), accurate in the tail.
 *
 * @param body function under construction.
 * @param math multiply-adds to use.
 * @param x arguments.
 * @returns the values in (0, 1).
 * @example
 * ```js
 * import { arithmetic, logistic } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * const write = (body, x) => body.return(logistic(body, arithmetic(false), x));
 * moduleBuilder().define(['v128'], 'v128', write).result; // 'v128'
 * ```
 */
export function logistic(body: Body, math: Arithmetic, x: V128): V128 {
  const at = body.hold(x);
  const e = exp2(body, math, f32x4.mul(f32x4.abs(at), constant(body, -Math.LOG2E)));
  const above = v128.select(constant(body, 1), e, f32x4.gt(at, constant(body, 0)));
  // A comparison with NaN is false, so a NaN must enter through the sum.
  return body.hold(f32x4.div(above, f32x4.add(constant(body, 1), e)));
}

/**
 * tanh(x), accurate near 0.
 *
 * @param body function under construction.
 * @param math multiply-adds to use.
 * @param x arguments.
 * @returns the hyperbolic tangents.
 * @example
 * ```js
 * import { arithmetic, hyperbolicTangent } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * const write = (body, x) => body.return(hyperbolicTangent(body, arithmetic(false), x));
 * moduleBuilder().define(['v128'], 'v128', write).result; // 'v128'
 * ```
 */
export function hyperbolicTangent(body: Body, math: Arithmetic, x: V128): V128 {
  const at = body.hold(x);
  const size = body.hold(f32x4.abs(at));
  const e = exp2(body, math, f32x4.mul(size, constant(body, -2 * Math.LOG2E)));
  const far = f32x4.div(f32x4.sub(constant(body, 1), e), f32x4.add(constant(body, 1), e));
  const signed = v128.or(far, v128.and(at, constant(body, -0)));
  const near = f32x4.mul(polynomial(body, math, body.hold(f32x4.mul(at, at)), TANH), at);
  return body.hold(v128.select(near, signed, f32x4.lt(size, constant(body, TANH_NEAR))));
}
