import type { Embedding } from '../embedding/embedding.ts';
import { bernoulli, uniformBetween } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';
import { shuffle } from '@polysem/numerics/random';
import { efficientEmbedding } from './efficient-embedding.ts';

/** How often each feature is moved. */
const SWEEPS = 12;

/**
 * A random tight frame R, dims x N with R R^T = I, whose feature i has the squared length capacities[i] (Theorem 1 of
 * arXiv:2210.01892). The frame of {@link efficientEmbedding}, in which many features are orthogonal, is mixed by plane
 * rotations of columns, which leave R R^T as it is: two features are turned by a random angle, then each against a third
 * so that its length is as before; the third's then is too, since rotations keep the sum. Features of capacity 1 have
 * an axis of their own, those of 0 are zero. O(N D).
 *
 * @throws RangeError if the capacities do not lie in [0, 1] or do not sum to dims.
 */
export function randomTightFrameOf(
  capacities: readonly number[],
  dims: number,
  g: Generator,
): Embedding {
  const frame = efficientEmbedding(capacities, capacities, dims);
  const partial = [...capacities.keys()].filter((i) => capacities[i] > 0 && capacities[i] < 1);
  if (partial.length < 3) return frame;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    shuffle(g, partial);
    partial.forEach((i, at) => {
      const j = partial[(at + 1) % partial.length];
      const k = partial[(at + 2) % partial.length];
      mix(frame, [i, j, k], capacities, g);
    });
  }
  return frame;
}

/** Turns i and j at random, and both against k to their lengths; nothing if there is no angle for that. */
function mix(
  frame: Embedding,
  three: readonly [number, number, number],
  capacities: readonly number[],
  g: Generator,
): void {
  const [i, j, k] = three;
  const before = three.map((at) => column(frame, at).slice());
  const t = uniformBetween(g, -1, 1);
  turn(frame, i, j, (1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t));
  if (turnToLength(frame, i, k, capacities[i], g) && turnToLength(frame, j, k, capacities[j], g)) {
    return;
  }
  three.forEach((at, which) => column(frame, at).set(before[which]));
}

/**
 * Turns features i and k so that the first has a squared length: with a and b their squared lengths and g = w_i . w_k, that
 * of cos w_i + sin w_k is (a + b) / 2 + (a - b) / 2 cos 2 theta + g sin 2 theta, which reaches it at two angles or none.
 */
function turnToLength(
  frame: Embedding,
  i: number,
  k: number,
  target: number,
  g: Generator,
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
  // cos theta >= 0 from the larger of the half-angle formulas, the other from sin 2 theta.
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
