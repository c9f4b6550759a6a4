/** Half of the matrix in which an eigenvector is non-zero. */
export type Support = 'top' | 'both' | 'bottom';

/** A rotation of two rows: p becomes c p + s q, and q becomes c q - s p. */
export interface Turn {
  readonly p: number;
  readonly q: number;
  readonly cosine: number;
  readonly sine: number;
}

/** A diagonal matrix with a rank-one change, d + rho z z^T, to be deflated. */
export interface Undeflated {
  readonly d: Float64Array;
  readonly z: Float64Array;
  readonly rho: number;
  /** Indices of d, in ascending order of d. */
  readonly order: readonly number[];
  readonly supports: Support[];
  /** The largest entry that may be neglected. */
  readonly tolerance: number;
}

/** Result of a deflation of d + rho z z^T. */
export interface Deflated {
  /** Rotations that merge equal poles, in order. */
  readonly turns: readonly Turn[];
  /** Indices of poles that still change, in ascending order of the poles. */
  readonly active: readonly number[];
  /** Indices of poles that are eigenvalues already. */
  readonly settled: readonly number[];
}

/**
 * Deflates d + rho z z^T: sets aside poles of negligible weight, and one of each two poles so close that a rotation moves all
 * weight to the other. Changes d, z and supports in place; `order` sorts the poles in ascending order. The neglected part is
 * at most `tolerance`.
 * Source: Cuppen's method as in LAPACK's dlaed2; Dongarra & Sorensen, SIAM J. Sci. Stat. Comput. 8 (1987), s139-s154.
 */
export function deflate({ d, z, rho, order, supports, tolerance }: Undeflated): Deflated {
  const turns: Turn[] = [];
  const active: number[] = [];
  const settled: number[] = [];
  let held = -1;
  for (const next of order) {
    if (rho * Math.abs(z[next]) <= tolerance) {
      settled.push(next);
      continue;
    }
    if (held < 0) {
      held = next;
      continue;
    }
    const length = Math.sqrt(z[next] * z[next] + z[held] * z[held]);
    const cosine = z[next] / length;
    const sine = -z[held] / length;
    if (Math.abs((d[next] - d[held]) * cosine * sine) > tolerance) {
      active.push(held);
      held = next;
      continue;
    }
    turns.push({ p: held, q: next, cosine, sine });
    z[next] = length;
    z[held] = 0;
    const [x, y] = [d[held], d[next]];
    d[held] = x * cosine * cosine + y * sine * sine;
    d[next] = x * sine * sine + y * cosine * cosine;
    if (supports[held] !== supports[next]) supports[next] = 'both';
    settled.push(held);
    held = next;
  }
  if (held >= 0) active.push(held);
  return { turns, active, settled };
}
