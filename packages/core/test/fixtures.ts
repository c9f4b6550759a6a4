import { embedding, type Embedding } from '../src/index.ts';
import { normal } from '../src/random/distributions.ts';
import { generator } from '../src/random/generator.ts';

/** An embedding of independent standard normal entries. */
export function gaussianEmbedding(dims: number, features: number, seed: number): Embedding {
  const g = generator(seed);
  return embedding(
    dims,
    features,
    Float64Array.from({ length: dims * features }, () => normal(g)),
  );
}

/** Sum of a list. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
