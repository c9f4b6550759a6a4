import { seenFrom, type Seen } from '@polysem/figures/plot';
import type { Snapshot } from '../workers/snapshot.ts';
import type { NetworkView } from './network-view.svelte.ts';

/** A point in space; a network in a plane or on a line leaves coordinates 0. */
export type Point = readonly [number, number, number];

/** The vectors that a drawing shows. */
export interface Scene {
  readonly dims: number;
  readonly features: readonly number[];
  readonly points: readonly Point[];
}

/** A point from the first numbers of a vector. */
export function pointOf(vector: ArrayLike<number>): Point {
  return [vector[0] ?? 0, vector[1] ?? 0, vector[2] ?? 0];
}

/**
 * The vectors of a network, or of one of its blocks if it has more than three dimensions.
 *
 * @param shown the network.
 * @param weights its weights, or the same network in another basis.
 * @param block the block that is drawn with more than three dimensions.
 */
export function sceneOf(shown: Snapshot, weights: Float64Array, block: number): Scene {
  const { dims, features } = shown;
  const all = Array.from({ length: features }, (_, i) => i);
  if (dims <= 3) {
    const points = all.map((i) => pointOf(weights.subarray(i * dims, (i + 1) * dims)));
    return { dims, features: all, points };
  }
  const part = shown.blocks[block];
  const drawn = part?.drawn ?? null;
  if (part === undefined || drawn === null) return { dims: 3, features: [], points: [] };
  const points = part.features.map((_, k) =>
    pointOf(drawn.vectors.subarray(k * drawn.dims, (k + 1) * drawn.dims)),
  );
  return { dims: drawn.dims, features: part.features, points };
}

/** The place of a point as it is seen: space from the direction of the view, a plane turned by its spin. */
export function projection(
  view: NetworkView,
  dims: number,
  reach: number,
): (point: readonly number[]) => Seen {
  if (dims === 3) return seenFrom(view, reach);
  const angle = dims === 2 ? view.spin : 0;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y]) => ({ right: c * x - s * y, up: s * x + c * y, near: 0 });
}

/** Circles of latitude and longitude of the unit sphere as paths of SVG, which give it depth. */
export function sphereRings(view: NetworkView, reach: number, radius: number): string[] {
  const project = seenFrom(view, reach);
  const ring = (at: (c: number, s: number) => Point): string =>
    Array.from({ length: 61 }, (_, k) => {
      const angle = (k * Math.PI) / 30;
      const { right, up } = project(at(Math.cos(angle), Math.sin(angle)));
      return `${k === 0 ? 'M' : 'L'}${(right / reach) * radius} ${(-up / reach) * radius}`;
    }).join('');
  return [ring((c, s) => [c, s, 0]), ring((c, s) => [c, 0, s]), ring((c, s) => [0, c, s])];
}
