import { normal, uniform } from './distributions.ts';
import type { Generator } from './generator.ts';

/** Fills an array with uniforms on [0, 1), the numbers that as many calls of `uniform` would give. */
export function fillUniform(g: Generator, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = uniform(g);
}

/**
 * Fills an array with standard normals, the numbers that as many calls of `normal` would give
 * (rounded to single precision in a Float32Array).
 */
export function fillNormal(g: Generator, out: Float64Array | Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = normal(g);
}
