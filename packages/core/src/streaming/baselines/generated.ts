import {
  assertFeatures,
  type FeatureSource,
  type Precision,
} from '../../embedding/feature-source.ts';
import { fastStream, type FastStream } from '@polysem/numerics/random';
import { generator } from '@polysem/numerics/random';

/** The shape of a matrix at random, and its seed. */
export interface BaselineShape {
  readonly dims: number;
  readonly features: number;
  readonly seed: number;
  /** float32 where absent. */
  readonly precision?: Precision | undefined;
}

/**
 * A source whose features are made when they are read, each from a stream of its own, so that blocks may be read in any
 * order and come out the same each time.
 *
 * @param fill writes feature i, `dims` numbers of `block` from `from` on, which are 0.
 * @throws RangeError if a size is not a positive integer.
 */
export function generatedSource(
  name: string,
  { dims, features, seed, precision = 'float32' }: BaselineShape,
  fill: (stream: FastStream, block: Float32Array | Float64Array, from: number, i: number) => void,
): FeatureSource {
  for (const [field, value] of Object.entries({ dims, features })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name}: ${field} must be a positive integer, got ${value}`);
    }
  }
  const root = generator(seed);
  return {
    name,
    dims,
    features,
    precision,
    read: async (first, count) => {
      assertFeatures({ name, features }, first, count);
      const size = count * dims;
      const block = precision === 'float32' ? new Float32Array(size) : new Float64Array(size);
      for (let f = 0; f < count; f++) {
        fill(fastStream(root, first + f), block, f * dims, first + f);
      }
      return block;
    },
  };
}

/** Gives a vector inside a block a length; a zero vector stays. */
export function setLength(
  block: Float32Array | Float64Array,
  from: number,
  dims: number,
  length: number,
): void {
  let largest = 0;
  for (let j = from; j < from + dims; j++) largest = Math.max(largest, Math.abs(block[j]));
  if (largest === 0) return;
  let square = 0;
  for (let j = from; j < from + dims; j++) square += (block[j] / largest) ** 2;
  const root = Math.sqrt(square);
  for (let j = from; j < from + dims; j++) block[j] = (block[j] / largest / root) * length;
}
