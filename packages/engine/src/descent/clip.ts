/** Euclidean norm of the gradient of all parameters. */
export function gradientNorm(gradient: Float64Array): number {
  let square = 0;
  for (let j = 0; j < gradient.length; j++) square += gradient[j] * gradient[j];
  return Math.sqrt(square);
}

/**
 * Factor that scales a gradient of the given norm down to at most `bound` and keeps its direction (Pascanu et al. 2013).
 * A bound of null means no clipping.
 */
export function clipFactor(norm: number, bound: number | null): number {
  return bound !== null && norm > bound ? bound / norm : 1;
}
