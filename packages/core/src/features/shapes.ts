import { ln } from '@polysem/numerics/elementary';
import { normalQuantile } from '@polysem/numerics/elementary';
import { laplace, normal, studentT, uniform } from '@polysem/numerics/random';
import { uint32, type Generator } from '@polysem/numerics/random';
import { studentQuantile } from './student-quantile.ts';

/** The distributions of an active feature's value z, before any scaling. */
export type FeatureShape =
  'uniform' | 'uniform-positive' | 'gaussian' | 'laplace' | 'student-t' | 'rademacher';

/** What a shape must know. `degreesOfFreedom` concerns Student's t; the others ignore it. */
export interface Shape {
  /** One line for people. */
  readonly description: string;
  /** E[z^order] for an integer order >= 0: Infinity where it diverges, NaN where it is undefined. */
  readonly rawMoment: (order: number, degreesOfFreedom: number) => number;
  /** Draws one z. */
  readonly sample: (g: Generator, degreesOfFreedom: number) => number;
  /** The inverse of the distribution function of z, for u in (0, 1). */
  readonly quantile: (u: number, degreesOfFreedom: number) => number;
}

/** Student's t without a choice: kurtosis 9, heavy tails but a fourth moment. */
export const defaultDegreesOfFreedom: number = 5;

const even = (order: number): boolean => order % 2 === 0;

/** 1 * 3 * 5 * ... * (order - 1), the even moments of a standard normal. */
function oddFactorial(order: number): number {
  let product = 1;
  for (let factor = order - 1; factor > 1; factor -= 2) product *= factor;
  return product;
}

function factorial(order: number): number {
  let product = 1;
  for (let factor = 2; factor <= order; factor++) product *= factor;
  return product;
}

function studentMoment(order: number, degreesOfFreedom: number): number {
  if (order >= degreesOfFreedom) return even(order) ? Infinity : NaN;
  if (!even(order)) return 0;
  let product = 1;
  for (let i = 2; i <= order; i += 2) {
    product *= (degreesOfFreedom * (i - 1)) / (degreesOfFreedom - i);
  }
  return product;
}

/** All shapes. To add one, name it in `FeatureShape` and describe it here; nothing else changes. */
export const shapes: Readonly<Record<FeatureShape, Shape>> = {
  uniform: {
    description: 'uniform on [-1, 1]',
    rawMoment: (order) => (even(order) ? 1 / (order + 1) : 0),
    sample: (g) => 2 * uniform(g) - 1,
    quantile: (u) => 2 * u - 1,
  },
  'uniform-positive': {
    description: 'uniform on [0, 1]',
    rawMoment: (order) => 1 / (order + 1),
    sample: uniform,
    quantile: (u) => u,
  },
  gaussian: {
    description: 'normal of mean 0 and variance 1',
    rawMoment: (order) => (even(order) ? oddFactorial(order) : 0),
    sample: normal,
    quantile: normalQuantile,
  },
  laplace: {
    description: 'Laplace of mean 0 and scale 1 (variance 2)',
    rawMoment: (order) => (even(order) ? factorial(order) : 0),
    sample: laplace,
    quantile: (u) => (u < 0.5 ? ln(2 * u) : -ln(2 * (1 - u))),
  },
  'student-t': {
    description: "Student's t of the given degrees of freedom nu (variance nu / (nu - 2))",
    rawMoment: studentMoment,
    sample: studentT,
    quantile: studentQuantile,
  },
  rademacher: {
    description: '-1 or 1, equally likely',
    rawMoment: (order) => (even(order) ? 1 : 0),
    sample: (g) => (uint32(g) < 0x80000000 ? -1 : 1),
    quantile: (u) => (u < 0.5 ? -1 : 1),
  },
};

/**
 * E[z^order] of a shape, before density and scale.
 *
 * Student's t of nu degrees of freedom has moments below order nu only: beyond, the even ones are
 * Infinity and the odd ones NaN.
 *
 * @param order a non-negative integer.
 * @throws RangeError for any other order.
 */
export function rawMoment(
  shape: FeatureShape,
  order: number,
  degreesOfFreedom: number = defaultDegreesOfFreedom,
): number {
  if (!Number.isInteger(order) || order < 0) {
    throw new RangeError(`rawMoment: order must be a non-negative integer, got ${order}`);
  }
  return shapes[shape].rawMoment(order, degreesOfFreedom);
}
