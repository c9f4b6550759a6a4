import { seenFrom, type Seen } from '@polysem/figures/plot';
import type { Snapshot } from '../workers/snapshot.ts';
import type { NetworkView } from './network-view.svelte.ts';

/** A point in space; a network in a plane or on a line leaves coordinates 0. */
export type Point = readonly [number, number, number];

/** The features that a drawing shows, in three dimensions at most. */
export interface Drawn {
  readonly dims: number;
  readonly features: readonly number[];
  /** Feature by feature. */
  readonly vectors: Float64Array;
}

/** The same as points. */
export interface Scene {
  readonly dims: number;
  readonly features: readonly number[];
  readonly points: readonly Point[];
}

/** A point from the first numbers of a vector. */
export function pointOf(vector: ArrayLike<number>): Point {
  return [vector[0] ?? 0, vector[1] ?? 0, vector[2] ?? 0];
}

/** The features of a network; those of one of its blocks if it has more than three dimensions. */
export function drawnOf(shown: Snapshot, block: number): Drawn {
  const { dims, features, weights, blocks } = shown;
  if (dims <= 3)
    return { dims, features: Array.from({ length: features }, (_, i) => i), vectors: weights };
  const part = blocks[block];
  const drawn = part?.drawn ?? null;
  if (part === undefined || drawn === null)
    return { dims: 3, features: [], vectors: new Float64Array(0) };
  return { ...drawn, features: part.features };
}

/** The block of a network that shares the most features with some others. */
export function blockLike({ blocks }: Snapshot, features: readonly number[]): number {
  const common = blocks.map((block) => block.features.filter((i) => features.includes(i)).length);
  return Math.max(0, common.indexOf(Math.max(...common)));
}

export function sceneOf({ dims, features, vectors }: Drawn): Scene {
  const points = features.map((_, k) => pointOf(vectors.subarray(k * dims, (k + 1) * dims)));
  return { dims, features, points };
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
