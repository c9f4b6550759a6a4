type Point = ArrayLike<number>;

/** Maximum number of points: more edges would hide the arrows. */
const MOST_POINTS = 24;
/** Points within this distance of a facet lie on it, as a fraction of the largest length: trained shapes are noisy. */
const SLACK = 0.1;
/** Facets whose normals have a larger cosine than this are one facet. */
const ONE_FACET = 0.94;

/**
 * The edges of the convex hull of up to 24 points in 2 or 3 dimensions, as pairs of point numbers.
 * Tries every line or plane. Points in one plane of 3 dimensions have no edges.
 */
export function hullEdges(points: readonly Point[], dims: 2 | 3): [number, number][] {
  const n = points.length;
  if (n < 3 || n > MOST_POINTS) return [];
  const reach = Math.max(...points.map((p) => Math.hypot(...Array.from(p))));
  return dims === 2 ? polygonEdges(points, reach) : polytopeEdges(points, SLACK * reach);
}

function polygonEdges(points: readonly Point[], reach: number): [number, number][] {
  return pairs(points.length).filter(([i, j]) => {
    const [a, b] = [points[i], points[j]];
    const sides = points.map((p) => (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]));
    const slack = 1e-9 * reach * reach;
    const others = sides.filter((_, k) => k !== i && k !== j);
    return others.every((side) => side > slack) || others.every((side) => side < -slack);
  });
}

interface Facet {
  readonly normal: readonly number[];
  readonly on: ReadonlySet<number>;
}

function polytopeEdges(points: readonly Point[], slack: number): [number, number][] {
  const facets: Facet[] = [];
  for (const [i, j] of pairs(points.length)) {
    for (let k = j + 1; k < points.length; k++) {
      const normal = unitNormal(points[i], points[j], points[k]);
      if (normal === undefined) continue;
      const heights = points.map((p) =>
        normal.reduce((h, v, d) => h + v * (p[d] - points[i][d]), 0),
      );
      const [low, high] = [Math.min(...heights), Math.max(...heights)];
      if (high > slack && low < -slack) continue;
      if (high <= slack && low >= -slack) continue;
      const on = new Set(heights.flatMap((h, p) => (Math.abs(h) <= slack ? [p] : [])));
      facets.push({ normal: high > slack ? normal.map((v) => -v) : normal, on });
    }
  }
  return pairs(points.length).filter(([i, j]) => {
    const around = facets.filter(({ on }) => on.has(i) && on.has(j));
    return around.some(({ normal }) =>
      around.some((other) => normal.reduce((c, v, d) => c + v * other.normal[d], 0) < ONE_FACET),
    );
  });
}

function unitNormal(a: Point, b: Point, c: Point): number[] | undefined {
  const [u, v] = [b, c].map((p) => [0, 1, 2].map((d) => p[d] - a[d]));
  const cross = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const length = Math.hypot(...cross);
  return length < 1e-9 ? undefined : cross.map((x) => x / length);
}

function pairs(n: number): [number, number][] {
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n - i - 1 }, (__, k): [number, number] => [i, i + k + 1]),
  ).flat();
}
