import type { FeatureShape } from '../features/shapes.ts';
import { cosineOfTurns, exp2, logOneMinus } from '@polysem/numerics/lanes';
import { toUniform } from '@polysem/numerics/lanes';
import type { Arithmetic } from '@polysem/numerics/lanes';
import type { Body } from '@polysem/numerics/wasm';
import { f32x4, v128, type V128 } from '@polysem/numerics/wasm';

/** How a shape's values come from a uniform w on [0, 1), and fresh words where one uniform is not enough. */
export type ShapeValues = (
  body: Body,
  math: Arithmetic,
  w: V128,
  words: () => V128,
  degreesOfFreedom: number,
) => V128;

const sign = (w: V128): V128 => v128.and(f32x4.lt(w, f32x4.const(0.5)), f32x4.const(-0));

/** The shapes whose values are linear in w: factor and offset. */
export const linearShapes: Readonly<Partial<Record<FeatureShape, readonly [number, number]>>> = {
  uniform: [2, -1],
  'uniform-positive': [1, 0],
};

/** Every shape, in four lanes; the laws of `features/shapes.ts`. */
export const shapeValues: Readonly<Record<FeatureShape, ShapeValues>> = {
  uniform: (_body, math, w) => math.multiplyAdd(w, f32x4.const(2), f32x4.const(-1)),
  'uniform-positive': (_body, _math, w) => w,
  rademacher: (_body, _math, w) => v128.or(f32x4.const(1), sign(w)),
  laplace: (body, math, w) => {
    // The first bit of w is the sign, the others the uniform that is inverted.
    const signs = body.hold(sign(w));
    const twice = body.hold(f32x4.add(w, w));
    const rest = f32x4.sub(twice, f32x4.floor(twice));
    const size = f32x4.mul(logOneMinus(body, math, rest), f32x4.const(-Math.LN2));
    return v128.xor(size, signs);
  },
  // Box & Muller 1958.
  gaussian: (body, math, w, words) => {
    const log = logOneMinus(body, math, w);
    const radius = f32x4.sqrt(f32x4.mul(log, f32x4.const(-2 * Math.LN2)));
    return f32x4.mul(radius, cosineOfTurns(body, math, toUniform(words())));
  },
  // Bailey 1994, "Polar generation of random variates with the t-distribution".
  'student-t': (body, math, w, words, degreesOfFreedom) => {
    const log = logOneMinus(body, math, w);
    const power = exp2(body, math, f32x4.mul(log, f32x4.const(-2 / degreesOfFreedom)));
    const square = f32x4.mul(f32x4.sub(power, f32x4.const(1)), f32x4.const(degreesOfFreedom));
    const radius = f32x4.sqrt(f32x4.pmax(square, f32x4.const(0)));
    return f32x4.mul(radius, cosineOfTurns(body, math, toUniform(words())));
  },
};
