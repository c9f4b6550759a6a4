import type { NamedShape } from './named-shape.ts';

/** A shape of the features of a part as one of the whole, given the number of each feature there. */
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
