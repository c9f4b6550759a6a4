import { normal, uniform } from './distributions.ts';
import type { Generator } from './generator.ts';

/** Fills an array with uniform numbers on [0, 1), the same as repeated calls of `uniform`. */
export function fillUniform(g: Generator, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = uniform(g);
}

/**
 * Fills an array with standard normal numbers, the same as repeated calls of `normal` (rounded in a Float32Array).
 *
 * @param g generator.
 * @param out array to fill.
 * @example
 * ```js
 * import { fillNormal, generator, normal } from 'polysem/random';
 * const out = new Float64Array(1);
 * fillNormal(generator(1), out);
 * out[0] === normal(generator(1)); // true
 * ```
 */
export function fillNormal(g: Generator, out: Float64Array | Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = normal(g);
}
