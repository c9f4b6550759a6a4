/** A search for the best allocation among capacities that are multiples of 1 / steps. */
export interface GridOptimum {
  readonly loss: number;
  /** One multiple of 1 / steps per feature. */
  readonly capacity: readonly number[];
}

/**
 * Minimises sum l_i(C_i) over capacities that are multiples of 1 / steps and sum to D, by dynamic programming over features.
 * It assumes nothing about the losses, so it checks solvers that do.
 *
 * @param loss l_i(C) of feature i.
 * @param features N.
 * @param dims D, an integer.
 * @param steps number of grid steps per dimension.
 * @returns the best allocation of the grid.
 */
export function searchGrid(
  loss: (feature: number, capacity: number) => number,
  features: number,
  dims: number,
  steps: number,
): GridOptimum {
  const units = dims * steps;
  // least[u]: the lowest loss of the features so far with u units; chosen[i][u]: the units of feature i in it.
  let least = new Float64Array(units + 1).fill(Infinity);
  least[0] = 0;
  const chosen: Int32Array[] = [];
  for (let i = 0; i < features; i++) {
    const own = Float64Array.from({ length: steps + 1 }, (_, k) => loss(i, k / steps));
    const next = new Float64Array(units + 1).fill(Infinity);
    const pick = new Int32Array(units + 1);
    for (let u = 0; u <= units; u++)
      for (let k = 0; k <= Math.min(steps, u); k++) {
        const value = least[u - k] + own[k];
        if (value < next[u]) [next[u], pick[u]] = [value, k];
      }
    least = next;
    chosen.push(pick);
  }
  const capacity: number[] = [];
  let left = units;
  for (const pick of chosen.toReversed()) {
    capacity.unshift(pick[left] / steps);
    left -= pick[left];
  }
  return { loss: least[units], capacity };
}
