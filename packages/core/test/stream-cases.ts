import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';
import { fastStream, fillFastNormal } from '../../numerics/src/random/fast-normal.ts';

/** How a matrix with known singular values is made. */
export interface PlantedSpectrum {
  readonly dims: number;
  readonly features: number;
  readonly seed: number;
  /** sigma_max / sigma_min; singular values are spread evenly on a logarithmic scale between. */
  readonly condition: number;
  /** How many singular values are not 0; all where absent. */
  readonly rank?: number;
}

/**
 * A matrix Q diag(sigma) G of about those singular values: Q orthogonal at random and G Gaussian over sqrt(N), whose rows
 * are nearly orthonormal where N is much larger than D.
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
