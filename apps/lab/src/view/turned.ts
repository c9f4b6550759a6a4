import { embedding, turnedOnto, type Embedding } from '@polysem/core/embedding';
import type { Drawn } from './scene.ts';

/** A held feature counts so many times as much as another, so that its arrow keeps its direction. */
const HELD = 30;

/**
 * A drawing turned so that the features that it shares with another look most like theirs; as it is if it has other dimensions
 * or no feature of the other.
 *
 * @param held the feature that is held, if any.
 */
export function turnedDrawn(one: Drawn, onto: Drawn, held: number | null): Drawn {
  const places = new Map(onto.features.map((feature, k) => [feature, k]));
  const pairs = one.features.flatMap((feature, k) => {
    const other = places.get(feature);
    return other === undefined ? [] : [[k, other] as const];
  });
  if (one.dims !== onto.dims || pairs.length === 0) return one;
  const scaled = ({ dims, features, vectors }: Drawn, by: number): Float64Array =>
    vectors.map((w, k) => (features[Math.floor(k / dims)] === held ? by * w : w));
  const weighted = (drawn: Drawn): Embedding =>
    embedding(drawn.dims, drawn.features.length, scaled(drawn, HELD));
  const turned = turnedOnto(weighted(one), weighted(onto), pairs);
  return { ...one, vectors: scaled({ ...one, vectors: Float64Array.from(turned.data) }, 1 / HELD) };
}
