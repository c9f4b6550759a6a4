/** A direction from which to look at three dimensions, in degrees. */
export interface View {
  /** Angle around dimension 3, from dimension 1 towards dimension 2. */
  readonly azimuth: number;
  /** Angle above the plane of dimensions 1 and 2. */
  readonly elevation: number;
}

/** A point in the coordinates of the viewer: right, up, and towards the viewer. */
export interface Seen {
  readonly right: number;
  readonly up: number;
  readonly near: number;
}

export const DEFAULT_VIEW: View = { azimuth: 32, elevation: 20 };

/** Distance from the middle of the scene to the eye, in radii of the scene: a weak perspective that shows depth. */
const EYE = 5;

/**
 * The projection of points as a viewer sees them, in weak perspective.
 *
 * @param view direction from which to look
 * @param reach radius of the scene, in the units of the points
 * @returns a function from a point with three coordinates to its place in the viewer's coordinates
 * @example
 * ```js
 * import { seenFrom } from 'polysem/figures/plot';
 * const seen = seenFrom({ azimuth: 0, elevation: 0 }, 1);
 * seen([0, 0.5, 0]).right; // 0.5
 * ```
 */
export function seenFrom(view: View, reach: number): (point: ArrayLike<number>) => Seen {
  const [a, e] = [view.azimuth, view.elevation].map((degrees) => (degrees * Math.PI) / 180);
  const [ca, sa, ce, se] = [Math.cos(a), Math.sin(a), Math.cos(e), Math.sin(e)];
  return (point) => {
    const [x, y, z] = [point[0], point[1], point[2]];
    const ahead = x * ca + y * sa;
    const near = z * se + ahead * ce;
    const scale = 1 / (1 - near / (EYE * reach));
    return { right: (y * ca - x * sa) * scale, up: (z * ce - ahead * se) * scale, near };
  };
}

/**
 * The view, from a fixed list, that separates directions best: it maximises the distance of tips from
 * the origin and from the lines through other tips. Points in line with each other are not compared.
 */
export function clearestView(points: readonly ArrayLike<number>[]): View {
  const pairs = points.flatMap((p, i) =>
    points.slice(0, i).flatMap((q, j) => (areInLine(p, q) ? [] : [[i, j] as const])),
  );
  let best = { view: DEFAULT_VIEW, clear: -1 };
  for (const elevation of [20, 12, 28, 38]) {
    for (let azimuth = 5; azimuth < 360; azimuth += 9) {
      // From far away there is no perspective.
      const seen = points.map(seenFrom({ azimuth, elevation }, 1e6));
      const lengths = seen.map(({ right, up }) => Math.hypot(right, up));
      const clear = pairs.reduce(
        (least, [i, j]) => {
          const area = Math.abs(seen[i].right * seen[j].up - seen[i].up * seen[j].right);
          return Math.min(least, area / Math.max(lengths[i], lengths[j]));
        },
        Math.min(...lengths),
      );
      if (clear > best.clear + 1e-9) best = { view: { azimuth, elevation }, clear };
    }
  }
  return best.view;
}

/** True if two directions are parallel or opposite within about 15 degrees. */
function areInLine(p: ArrayLike<number>, q: ArrayLike<number>): boolean {
  const [a, b] = [Array.from(p), Array.from(q)];
  const dot = a.reduce((sum, v, d) => sum + v * b[d], 0);
  return Math.abs(dot) >= 0.97 * Math.hypot(...a) * Math.hypot(...b);
}
