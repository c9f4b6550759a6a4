import { realPower } from '@polysem/numerics/elementary';
import { embedding, type Embedding } from '@polysem/core/embedding';
import {
  bernoulli,
  integerBelow,
  normal,
  uniformBetween,
  type Generator,
} from '@polysem/numerics/random';

/**
 * A random matrix of 1 to 10 dimensions and 2 to 30 features, of very different lengths. Every fourth has fewer dimensions
 * than rows, some features are zero, and some are parallel to another.
 *
 * @param g decides the matrix.
 * @returns the matrix; at least one feature is not zero.
 */
export function randomEmbedding(g: Generator): Embedding {
  const [dims, features] = [1 + integerBelow(g, 10), 2 + integerBelow(g, 29)];
  const w = embedding(dims, features);
  const used = bernoulli(g, 0.25) ? 1 + integerBelow(g, dims) : dims;
  for (let i = 0; i < features; i++) {
    const length = realPower(4, uniformBetween(g, -2, 2));
    const isZero = i > 0 && bernoulli(g, 0.05);
    const isCopy = i > 0 && bernoulli(g, 0.1);
    for (let d = 0; d < used; d++) {
      const drawn = length * normal(g);
      if (!isZero) w.data[i * dims + d] = isCopy ? -length * w.data[(i - 1) * dims + d] : drawn;
    }
  }
  return rotated(w, g);
}

/**
 * The matrix after a random rotation or reflection of its space: one reflection per dimension.
 *
 * @param w the matrix, D x N; unchanged.
 * @param g decides the rotation.
 * @returns Q W.
 */
export function rotated(w: Embedding, g: Generator): Embedding {
  const { dims, features } = w;
  const turned = embedding(dims, features, Float64Array.from(w.data));
  for (let k = 0; k < dims; k++) {
    const mirror = Float64Array.from({ length: dims }, () => normal(g));
    const square = mirror.reduce((sum, x) => sum + x * x, 0);
    for (let i = 0; i < features; i++) {
      let along = 0;
      for (let d = 0; d < dims; d++) along += mirror[d] * turned.data[i * dims + d];
      for (let d = 0; d < dims; d++) turned.data[i * dims + d] -= (2 * along * mirror[d]) / square;
    }
  }
  return turned;
}

/**
 * Capacities by their definition, from all pairs of features (equation 3): C_i = (w_i . w_i)^2 / sum_j (w_i . w_j)^2.
 *
 * @param gram inner products, N x N, row-major.
 * @param features N.
 * @returns C_i; 0 for a zero vector.
 */
export function capacityOfPairs(gram: Float64Array, features: number): Float64Array {
  return Float64Array.from({ length: features }, (_, i) => {
    const row = gram.subarray(i * features, (i + 1) * features);
    const squares = row.reduce((sum, g) => sum + g * g, 0);
    return squares === 0 ? 0 : row[i] ** 2 / squares;
  });
}
