import { normal } from '../random/distributions.ts';
import type { Generator } from '../random/generator.ts';

/**
 * Random first weights: w_i normal with E |w_i|^2 = scale_i, feature-major. With scale = importance every feature
 * starts at the length it would like to have if it were alone.
 */
export function initialWeights(scale: ArrayLike<number>, dims: number, g: Generator): Float64Array {
  const weights = new Float64Array(scale.length * dims);
  for (let i = 0; i < scale.length; i++) {
    const deviation = Math.sqrt(scale[i] / dims);
    for (let d = 0; d < dims; d++) weights[i * dims + d] = deviation * normal(g);
  }
  return weights;
}
