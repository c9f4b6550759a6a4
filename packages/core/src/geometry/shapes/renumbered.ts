import type { NamedShape } from './named-shape.ts';

/** A named shape with other feature indices: index i becomes `numbers[i]`. */
export function renumbered(shape: NamedShape, numbers: ArrayLike<number>): NamedShape {
  const outer = (features: readonly number[]): number[] => features.map((i) => numbers[i]);
  return {
    ...shape,
    features: outer(shape.features),
    ignored: outer(shape.ignored),
    flipped: outer(shape.flipped),
    factors: shape.factors.map((factor) => renumbered(factor, numbers)),
  };
}
