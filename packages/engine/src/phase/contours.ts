/** A point of a grid in fractional row and column coordinates. */
export type GridPoint = readonly [row: number, column: number];

/** A segment between two crossings, each named by its grid edge. */
interface Piece {
  readonly from: string;
  readonly to: string;
}

/**
 * Contour lines of a row-major grid at a level: marching squares with linear interpolation, with
 * segments joined into lines. Closed lines end at their first point. Squares with a NaN corner are
 * skipped; in ambiguous squares the mean of the corners decides.
 *
 * @param values rows x columns numbers, row-major.
 * @param rows the number of rows.
 * @param columns the number of columns.
 * @param level the level of the contours.
 * @returns one list of points per line.
 *
 * @example
 * ```js
 * import { contourLines } from 'polysem/phase';
 * // Two rows and three columns; the level lies between the first and the second column.
 * contourLines([0, 1, 1, 0, 1, 1], 2, 3, 0.25); // [[[0, 0.25], [1, 0.25]]]
 * ```
 */
export function contourLines(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  level: number,
): GridPoint[][] {
  const points = new Map<string, GridPoint>();
  const pieces: Piece[] = [];
  const value = (r: number, c: number): number => values[r * columns + c];
  const edge = (r: number, c: number, isDown: boolean): string => {
    const name = `${r},${c},${Number(isDown)}`;
    if (!points.has(name)) {
      const a = value(r, c);
      const share = (level - a) / (value(r + Number(isDown), c + Number(!isDown)) - a);
      points.set(name, isDown ? [r + share, c] : [r, c + share]);
    }
    return name;
  };
  for (let r = 0; r < rows - 1; r++) {
    for (let c = 0; c < columns - 1; c++) {
      // Corners clockwise from the upper left, and the edges between consecutive corners.
      const corners = [value(r, c), value(r, c + 1), value(r + 1, c + 1), value(r + 1, c)];
      if (corners.some(Number.isNaN)) continue;
      const isAbove = corners.map((v) => v >= level);
      const edges = [
        () => edge(r, c, false),
        () => edge(r, c + 1, true),
        () => edge(r + 1, c, false),
        () => edge(r, c, true),
      ];
      const cut = [0, 1, 2, 3].filter((k) => isAbove[k] !== isAbove[(k + 1) % 4]);
      if (cut.length === 0) continue;
      if (cut.length === 2) {
        pieces.push({ from: edges[cut[0]](), to: edges[cut[1]]() });
        continue;
      }
      const isMiddleAbove = corners.reduce((a, b) => a + b, 0) / 4 >= level;
      // Each of the two corners that differ from the middle is cut off by its own segment.
      const pairs =
        isMiddleAbove === isAbove[0]
          ? [
              [0, 1],
              [2, 3],
            ]
          : [
              [3, 0],
              [1, 2],
            ];
      for (const [a, b] of pairs) pieces.push({ from: edges[a](), to: edges[b]() });
    }
  }
  return join(pieces).map((names) => names.map((name) => points.get(name) as GridPoint));
}

/** Joins segments that share an end point. */
function join(pieces: readonly Piece[]): string[][] {
  const at = new Map<string, number[]>();
  pieces.forEach(({ from, to }, k) => {
    for (const name of [from, to]) at.set(name, [...(at.get(name) ?? []), k]);
  });
  const isUsed = pieces.map(() => false);
  const follow = (start: string): string[] => {
    const line = [start];
    for (;;) {
      const here = line[line.length - 1];
      const next = at.get(here)?.find((k) => !isUsed[k]);
      if (next === undefined) return line;
      isUsed[next] = true;
      line.push(pieces[next].from === here ? pieces[next].to : pieces[next].from);
    }
  };
  const ends = [...at].filter(([, list]) => list.length === 1).map(([name]) => name);
  const lines = [...ends, ...pieces.map(({ from }) => from)].map(follow);
  return lines.filter((line) => line.length > 1);
}
