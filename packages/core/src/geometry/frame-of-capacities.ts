import type { Embedding } from '../embedding/embedding.ts';
import { bernoulli, uniformBetween } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';
import { shuffle } from '@polysem/numerics/random';
import { efficientEmbedding } from './efficient-embedding.ts';

/** Number of times that each feature is moved. */
const SWEEPS = 12;

/**
 * Draws a random tight frame R with given capacities: R R^T = I, and column i has the squared length capacities[i]
 * (arXiv:2210.01892, theorem 1). Starts from the frame of {@link efficientEmbedding}, in which many features are orthogonal,
 * and mixes it by plane rotations of columns, which do not change R R^T: rotates two features by a random angle, then each
 * with a third one so that its length is restored. The length of the third is then restored too, since rotations keep the
 * sum. Features of capacity 1 have an axis of their own, those of capacity 0 are zero vectors. O(N D).
 *
 * @param g random numbers.
 * @param capacities C_i in [0, 1], one per feature, with sum `dims`.
 * @param dims D, a positive integer.
 * @returns R, D x N.
 * @throws RangeError if a capacity is outside [0, 1] or the capacities do not sum to `dims`.
 * @example
 * ```js
 * import { generator } from 'polysem/random';
 * import { measureCapacity } from 'polysem/capacity';
 * import { randomTightFrameOf } from 'polysem/geometry';
 * const frame = randomTightFrameOf(generator(0), [0.25, 0.75, 0.5, 0.5], 2);
 * measureCapacity(frame).capacity; // [0.250, 0.750, 0.500, 0.500]
 * ```
 */
export function randomTightFrameOf(
  g: Generator,
  capacities: readonly number[],
  dims: number,
): Embedding {
  const frame = efficientEmbedding(capacities, capacities, dims);
  const partial = [...capacities.keys()].filter((i) => capacities[i] > 0 && capacities[i] < 1);
  if (partial.length < 3) return frame;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    shuffle(g, partial);
    partial.forEach((i, at) => {
      const j = partial[(at + 1) % partial.length];
      const k = partial[(at + 2) % partial.length];
      mix(g, frame, [i, j, k], capacities);
    });
  }
  return frame;
}

/**
 * Rotates features i and j by a random angle, then each with k so that its length is restored. Changes nothing if no angle
 * restores a length.
 */
function mix(
  g: Generator,
  frame: Embedding,
  three: readonly [number, number, number],
  capacities: readonly number[],
): void {
  const [i, j, k] = three;
  const before = three.map((at) => column(frame, at).slice());
  const t = uniformBetween(g, -1, 1);
  turn(frame, i, j, (1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t));
  if (
    turnToLength(g, frame, [i, k], capacities[i]) &&
    turnToLength(g, frame, [j, k], capacities[j])
  ) {
    return;
  }
  three.forEach((at, which) => column(frame, at).set(before[which]));
}

/**
 * Rotates features i and k so that feature i gets a target squared length. With a and b their squared lengths and
 * c = w_i . w_k, the squared length of cos(theta) w_i + sin(theta) w_k is
 * (a + b) / 2 + (a - b) / 2 cos(2 theta) + c sin(2 theta), which equals the target at two angles or at none.
 *
 * @returns whether there is such an angle.
 */
function turnToLength(
  g: Generator,
  frame: Embedding,
  [i, k]: readonly [number, number],
  target: number,
): boolean {
  const x = column(frame, i);
  const y = column(frame, k);
  let a = 0;
  let b = 0;
  let dot = 0;
  for (let d = 0; d < frame.dims; d++) {
    a += x[d] * x[d];
    b += y[d] * y[d];
    dot += x[d] * y[d];
  }
  const half = (a - b) / 2;
  const reach = Math.hypot(half, dot);
  const c = (target - (a + b) / 2) / reach;
  if (!(Math.abs(c) <= 1)) return false;
  const s = Math.sqrt(1 - c * c) * (bernoulli(g, 0.5) ? 1 : -1);
  const cosine2 = (half * c - dot * s) / reach;
  const sine2 = (dot * c + half * s) / reach;
  // The larger half-angle from its formula, which is accurate; the other from sin 2 theta.
  if (cosine2 > 0) {
    const cosine = Math.sqrt((1 + cosine2) / 2);
    turn(frame, i, k, cosine, sine2 / (2 * cosine));
  } else {
    const sine = Math.sqrt((1 - cosine2) / 2);
    turn(frame, i, k, sine2 / (2 * sine), sine);
  }
  return true;
}

function turn(frame: Embedding, i: number, k: number, cosine: number, sine: number): void {
  const x = column(frame, i);
  const y = column(frame, k);
  for (let d = 0; d < frame.dims; d++) {
    const one = x[d];
    const other = y[d];
    x[d] = cosine * one + sine * other;
    y[d] = cosine * other - sine * one;
  }
}

function column({ data, dims }: Embedding, i: number): Float64Array {
  return (data as Float64Array).subarray(i * dims, (i + 1) * dims);
}
