/** Neighbours further apart than this lie on two sides of a boundary. */
export const BOUNDARY_STEP = 0.1;

/** How rough a diagram is along its rows' axis. */
export interface Roughness {
  /** Away from boundaries. */
  readonly rms: number;
  /** With all triples. */
  readonly plain: number;
  /** The fraction of triples left out of `rms`. */
  readonly leftOut: number;
}

/**
 * The root mean square of second differences C(r - 1) - 2 C(r) + C(r + 1) down the columns of a row-major grid. Away from
 * boundaries means: over those triples of which neither first difference exceeds `BOUNDARY_STEP`. Noise of standard
 * deviation s in every cell gives sqrt(6) s; a smooth curve gives its curvature. Triples with NaN do not count.
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
