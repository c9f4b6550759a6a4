/** The Euclidean norm of a whole gradient. */
export function gradientNorm(gradient: Float64Array): number {
  let square = 0;
  for (let j = 0; j < gradient.length; j++) square += gradient[j] * gradient[j];
  return Math.sqrt(square);
}

/**
 * What a gradient of this norm is to be multiplied by, so that it is no longer than the bound: its direction stays
 * (Pascanu et al. 2013). Null for no bound.
 */
export function clipFactor(norm: number, bound: number | null): number {
  return bound !== null && norm > bound ? bound / norm : 1;
}
