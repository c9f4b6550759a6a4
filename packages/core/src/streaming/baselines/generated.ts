import { positiveInteger } from '@polysem/numerics/checks';
import {
  checkFeatureRange,
  type FeatureSource,
  type Precision,
} from '../../embedding/feature-source.ts';
import { fastStream, type FastStream } from '@polysem/numerics/random';
import { generator } from '@polysem/numerics/random';

/** Size, seed and precision of a random matrix. */
export interface BaselineSize {
  readonly dims: number;
  readonly features: number;
  readonly seed: number;
  /** Default float32. */
  readonly precision?: Precision | undefined;
}

/**
 * A source that generates features when they are read, each from its own stream, so that chunks can be read in any order with
 * the same result.
 *
 * @param fill writes feature i as `dims` numbers of a zero-filled chunk, starting at `from`.
 * @throws RangeError if a size is not a positive integer.
 */
export function generatedSource(
  name: string,
  { dims, features, seed, precision = 'float32' }: BaselineSize,
  fill: (stream: FastStream, chunk: Float32Array | Float64Array, from: number, i: number) => void,
): FeatureSource {
  for (const [field, value] of Object.entries({ dims, features })) {
    positiveInteger(`${name}: ${field}`, value);
  }
  const root = generator(seed);
  return {
    name,
    dims,
    features,
    precision,
    read: async (first, count) => {
      checkFeatureRange({ name, features }, first, count);
      const size = count * dims;
      const chunk = precision === 'float32' ? new Float32Array(size) : new Float64Array(size);
      for (let f = 0; f < count; f++) {
        fill(fastStream(root, first + f), chunk, f * dims, first + f);
      }
      return chunk;
    },
  };
}

/** Scales a vector within a chunk to a length; a zero vector stays zero. */
export function setLength(
  chunk: Float32Array | Float64Array,
  from: number,
  dims: number,
  length: number,
): void {
  let largest = 0;
  for (let j = from; j < from + dims; j++) largest = Math.max(largest, Math.abs(chunk[j]));
  if (largest === 0) return;
  let square = 0;
  for (let j = from; j < from + dims; j++) square += (chunk[j] / largest) ** 2;
  const root = Math.sqrt(square);
  for (let j = from; j < from + dims; j++) chunk[j] = (chunk[j] / largest / root) * length;
}
