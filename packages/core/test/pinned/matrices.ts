import {
  childGenerator,
  type Generator,
  generator,
  integerBelow,
  normal,
  uniform,
} from '@polysem/numerics/random';
import { times } from './pinned.ts';
import { embedding, type Embedding, embeddingFromVectors } from '../../src/embedding/embedding.ts';

/** Matrices of many kinds: full and low rank, short, equal and zero vectors, small and large scales, float32. */
export function variedMatrices(seed: number, count: number, most = 12): Embedding[] {
  return times(count, (i) => variedMatrix(childGenerator(generator(seed), i), i, most));
}

function variedMatrix(g: Generator, i: number, most: number): Embedding {
  const [dims, features] = [1 + integerBelow(g, most), 1 + integerBelow(g, 2 * most)];
  const rank = i % 3 === 0 ? 1 + integerBelow(g, Math.min(dims, features)) : dims;
  const scale = [1, 1e-150, 1e120, 3][i % 4];
  const basis = times(rank, () => times(dims, () => normal(g)));
  const vectors = times(features, (f) => {
    const length = uniform(g) < 0.2 ? [0, 1e-3, 1e-9][f % 3] : 1;
    const coordinates = times(rank, () => normal(g) * length);
    return times(dims, (d) => scale * coordinates.reduce((sum, c, k) => sum + c * basis[k][d], 0));
  });
  if (features > 2 && i % 5 === 0) vectors[1] = vectors[0].map((x) => -x);
  const w = embeddingFromVectors(vectors);
  return i % 4 === 3 ? embedding(dims, features, Float32Array.from(w.data)) : w;
}

/** A matrix with a little noise. */
export function noisy({ dims, features, data }: Embedding, noise: number, seed: number): Embedding {
  const g = generator(seed);
  return embedding(
    dims,
    features,
    Float64Array.from(data, (x) => x + noise * normal(g)),
  );
}
