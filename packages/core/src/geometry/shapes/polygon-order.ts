/** Features in the order of the vertices of a regular polygon, and the features whose sign is flipped. */
export interface PolygonOrder {
  readonly order: readonly number[];
  readonly flipped: ReadonlySet<number>;
}

/**
 * Lists the orders in which n vectors in a plane can be the vertices of a regular n-gon. With fixed signs it is the order of
 * angles, at any noise level, since sorting is the best matching on a circle.
 *
 * With free signs, lines are sorted by angle modulo pi. An odd polygon has n lines, and every other vertex is on the opposite
 * side of its line. An even polygon has n / 2 lines with two features each, which can be grouped in two ways.
 *
 * @param coordinates n x 2.
 */
export function polygonOrders(
  coordinates: Float64Array,
  n: number,
  freeSigns: boolean,
): PolygonOrder[] {
  const angles = Float64Array.from({ length: n }, (_, i) =>
    Math.atan2(coordinates[2 * i + 1], coordinates[2 * i]),
  );
  const all = Array.from({ length: n }, (_, i) => i);
  if (!freeSigns) {
    return [{ order: all.toSorted((i, j) => angles[i] - angles[j]), flipped: new Set() }];
  }
  const isLower = (i: number): boolean => angles[i] < 0;
  const lineAngle = (i: number): number => (isLower(i) ? angles[i] + Math.PI : angles[i]);
  const sorted = all.toSorted((i, j) => lineAngle(i) - lineAngle(j));
  return (n % 2 === 1 ? [0] : [0, 1]).map((shift) => {
    const order: number[] = [];
    const turned = new Set<number>();
    sorted.forEach((i, rank) => {
      // Line m of the polygon has the direction of vertex `vertex`, or the opposite one.
      const m = (rank + shift) % n;
      const isWrapped = rank + shift >= n;
      const half = n / 2;
      const vertex =
        n % 2 === 1 ? (m % 2 === 0 ? m / 2 : (m + n) / 2) : Math.floor(m / 2) + (m % 2) * half;
      order[vertex] = i;
      if ((isLower(i) !== (m % 2 === 1)) !== isWrapped) turned.add(i);
    });
    return {
      order,
      flipped: 2 * turned.size <= n ? turned : new Set(all.filter((i) => !turned.has(i))),
    };
  });
}
