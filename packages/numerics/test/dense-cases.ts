import { RUN } from '../src/dense/tile.ts';
import { machineFor, machineOf, type Machine } from '../src/dense/program.ts';
import { normal } from '../src/random/distributions.ts';
import type { Generator } from '../src/random/generator.ts';
import type { Precision } from '../src/dense/precision.ts';

export type Numbers = Float32Array | Float64Array;

export const PRECISIONS: readonly Precision[] = ['float32', 'float64'];

/**
 * All variants of the kernels that can run here: with and without fused multiply-add, with and
 * without wide vectors.
 */
export function machines(precision: Precision): Machine[] {
  const here = machineFor(precision)!;
  return (here.isFused ? [true, false] : [false]).flatMap((isFused) => [
    machineOf(precision, isFused, false),
    machineOf(precision, isFused, true),
  ]);
}

/** The bound n u / (1 - n u) on the relative error of a sum of n products (Higham, section 3.1), u half a unit in the last place. */
export function gamma(terms: number, precision: Precision): number {
  const u = (terms + 2) * (precision === 'float32' ? 2 ** -24 : 2 ** -53);
  return u / (1 - u);
}

/** Error bound of a sum of products in runs, where runs are summed in the same precision or in float64. */
export function runGamma(terms: number, precision: Precision, isWidened: boolean): number {
  const runs = Math.ceil(terms / RUN);
  return (
    gamma(Math.min(terms, RUN), precision) +
    gamma(runs, isWidened ? 'float64' : precision) +
    gamma(terms, 'float64')
  );
}

export function normals(g: Generator, length: number, precision: Precision): Numbers {
  const values = Float64Array.from({ length }, () => normal(g));
  return precision === 'float32' ? Float32Array.from(values) : values;
}

/** Numbers -2 .. 2, a third of them 0; all their sums here are exact in float32. */
export function integers(g: Generator, length: number, precision: Precision): Numbers {
  const values = Float64Array.from({ length }, () =>
    Math.max(-2, Math.min(2, Math.trunc(1.6 * normal(g)))),
  );
  return precision === 'float32' ? Float32Array.from(values) : values;
}
