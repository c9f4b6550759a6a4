/** Neighbours that differ by more than this are on opposite sides of a boundary. */
const BOUNDARY_STEP = 0.1;

/** Roughness of a diagram down its columns. */
export interface Roughness {
  /** Root mean square away from boundaries. */
  readonly rms: number;
  /** Root mean square over all triples. */
  readonly plain: number;
  /** Fraction of triples excluded from `rms`. */
  readonly leftOut: number;
}

/**
 * The root mean square of second differences C(r - 1) - 2 C(r) + C(r + 1) down the columns of a
 * row-major grid. A triple is away from boundaries if neither first difference exceeds
 * `BOUNDARY_STEP`. Noise of standard deviation s in every cell gives sqrt(6) s; a smooth curve
 * gives its curvature. Triples with NaN are excluded.
 *
 * @param values rows x columns numbers, row-major.
 * @param rows the number of rows.
 * @param columns the number of columns.
 * @returns the root mean squares and the fraction excluded.
 *
 * @example
 * ```js
 * import { roughness } from 'polysem/phase';
 * // One column of three rows: the second difference is 0.5 - 2 * 0.53 + 0.52 = -0.04.
 * roughness([0.5, 0.53, 0.52], 3, 1).rms; // 0.04
 * ```
 */
export function roughness(values: ArrayLike<number>, rows: number, columns: number): Roughness {
  let [near, nearSum, all, allSum] = [0, 0, 0, 0];
  for (let r = 1; r < rows - 1; r++) {
    for (let c = 0; c < columns; c++) {
      const [a, b, d] = [r - 1, r, r + 1].map((row) => values[row * columns + c]);
      const square = (a - 2 * b + d) ** 2;
      if (Number.isNaN(square)) continue;
      all++;
      allSum += square;
      if (Math.max(Math.abs(a - b), Math.abs(b - d)) > BOUNDARY_STEP) continue;
      near++;
      nearSum += square;
    }
  }
  return {
    rms: Math.sqrt(nearSum / near),
    plain: Math.sqrt(allSum / all),
    leftOut: (all - near) / all,
  };
}
