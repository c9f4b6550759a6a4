import { embedding, turnedOnto, type Embedding } from '@polysem/core/embedding';
import type { Snapshot } from '../workers/snapshot.ts';

type Weights = Pick<Snapshot, 'dims' | 'features' | 'weights'>;

/** A held feature counts so many times as much as another, so that its arrow keeps its direction. */
const HELD = 30;

/**
 * The weights of a network in the basis in which it looks most like another; its own if their sizes differ.
 *
 * @param held the feature that is held, if any.
 */
export function turnedWeights(one: Weights, onto: Weights, held: number | null): Float64Array {
  const { dims, features } = one;
  if (dims !== onto.dims || features !== onto.features) return one.weights;
  const scaled = (weights: Float64Array, by: number): Float64Array =>
    weights.map((w, k) => (Math.floor(k / dims) === held ? by * w : w));
  const weighted = ({ weights }: Weights): Embedding =>
    embedding(dims, features, scaled(weights, HELD));
  return scaled(Float64Array.from(turnedOnto(weighted(one), weighted(onto)).data), 1 / HELD);
}
