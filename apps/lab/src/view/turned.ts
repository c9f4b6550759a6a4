import { embedding, turnedOnto } from '@polysem/core/embedding';
import type { Snapshot } from '../workers/snapshot.ts';

type Weights = Pick<Snapshot, 'dims' | 'features' | 'weights'>;

/** The weights of a network in the basis in which it looks most like another; its own if their sizes differ. */
export function turnedWeights(one: Weights, onto: Weights): Float64Array {
  if (one.dims !== onto.dims || one.features !== onto.features) return one.weights;
  const [w, target] = [one, onto].map(({ dims, features, weights }) =>
    embedding(dims, features, weights),
  );
  return Float64Array.from(turnedOnto(w, target).data);
}
