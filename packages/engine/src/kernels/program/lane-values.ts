import {
  distributions,
  parameterValues,
  type LaneDraw,
  type LinearLanes,
  type ValueDistribution,
} from '@polysem/core/features';
import { f32x4, type V128 } from '@polysem/numerics/wasm';

/** Linear map from a uniform number to the values of a distribution; null if the map is not linear. */
export function linearLanes({ shape }: ValueDistribution): LinearLanes | null {
  const { lanes } = distributions[shape];
  return typeof lanes === 'object' ? lanes : null;
}

/** Emits the sampling of four values of a distribution that has `lanes`. */
export function emitValues(distribution: ValueDistribution, draw: LaneDraw): V128 {
  const { lanes, name } = distributions[distribution.shape];
  if (lanes === undefined) throw new Error(`${name} has no lanes`);
  if (typeof lanes === 'function') return lanes(draw, parameterValues(distribution));
  const { factor, offset } = lanes;
  if (factor === 1 && offset === 0) return draw.w;
  return draw.math.multiplyAdd(draw.w, f32x4.const(factor), f32x4.const(offset));
}
