import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';
import { fastStream, fillFastNormal } from '../../numerics/src/random/fast-normal.ts';

/** Description of a matrix with known singular values. */
export interface PlantedSpectrum {
  readonly dims: number;
  readonly features: number;
  readonly seed: number;
  /** sigma_max / sigma_min; singular values are evenly spaced on a log scale between them. */
  readonly condition: number;
  /** Number of nonzero singular values; all if absent. */
  readonly rank?: number;
}

/**
 * A matrix Q diag(sigma) G with approximately these singular values: Q is a random orthogonal
 * matrix and G is Gaussian over sqrt(N), whose rows are nearly orthonormal if N is much larger than
 * D.
 */
export function planted(spec: PlantedSpectrum): Embedding {
  const { dims, features, seed, condition, rank = dims } = spec;
  const root = generator(seed);
  const q = randomOrthogonal(childGenerator(root, 0), dims);
  const coordinates = new Float64Array(rank);
  const g = fastStream(root, 1);
  const data = new Float64Array(dims * features);
  const sigma = Float64Array.from(
    { length: rank },
    (_, k) => condition ** (-k / Math.max(1, rank - 1)),
  );
  for (let i = 0; i < features; i++) {
    fillFastNormal(g, coordinates, 0, rank);
    for (let k = 0; k < rank; k++) {
      const t = (sigma[k] * coordinates[k]) / Math.sqrt(features);
      for (let d = 0; d < dims; d++) data[i * dims + d] += t * q[k * dims + d];
    }
  }
  return embedding(dims, features, data);
}

/** The same numbers in float32. */
export function inFloat32(w: Embedding): Embedding {
  return embedding(w.dims, w.features, Float32Array.from(w.data));
}
