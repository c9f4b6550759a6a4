/** Where the weight of an eigenvector of the two halves lies. */
export type Support = 'top' | 'both' | 'bottom';

/** Two rows to be turned: p becomes c p + s q, and q becomes c q - s p. */
export interface Turn {
  readonly p: number;
  readonly q: number;
  readonly cosine: number;
  readonly sine: number;
}

/** What is left of d + rho z z^T when all that does not change is put aside. */
export interface Deflated {
  /** Turns that bring equal poles together, in order. */
  readonly turns: readonly Turn[];
  /** Places that still change, their poles rising. */
  readonly active: readonly number[];
  /** Places whose pole is an eigenvalue already. */
  readonly settled: readonly number[];
}

/**
 * Puts aside poles of negligible weight, and one of each two poles so near that a turn of both takes all weight from one.
 * Changes d, z and supports in place; `order` names the places by rising d. What is neglected is at most `tolerance`.
 * Source: Cuppen's method as in LAPACK's dlaed2; Dongarra & Sorensen, SIAM J. Sci. Stat. Comput. 8 (1987), s139-s154.
 */
export function deflate(
  d: Float64Array,
  z: Float64Array,
  rho: number,
  order: readonly number[],
  supports: Support[],
  tolerance: number,
): Deflated {
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
