import type { NamedShape } from './named-shape.ts';

/**
 * Gives the features of a shape other indices: index i becomes `numbers[i]`.
 *
 * @param shape the shape.
 * @param numbers the new index of each feature.
 * @returns the same shape with the new indices, in its factors too.
 * @example
 * ```js
 * import { nameShape, polytope, renumberedShape } from 'polysem/geometry';
 * const pair = nameShape(polytope('antipodal pair'));
 * renumberedShape(pair, [3, 7]).features; // [3, 7]
 * ```
 */
export function renumberedShape(shape: NamedShape, numbers: ArrayLike<number>): NamedShape {
  const outer = (features: readonly number[]): number[] => features.map((i) => numbers[i]);
  return {
    ...shape,
    features: outer(shape.features),
    ignored: outer(shape.ignored),
    flipped: outer(shape.flipped),
    factors: shape.factors.map((factor) => renumberedShape(factor, numbers)),
  };
}
