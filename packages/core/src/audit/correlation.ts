/** The mean. Exact for equal numbers, because it sums differences from the first one. NaN for an empty list. */
export function meanOf(values: Float64Array): number {
  const [first] = values;
  let beyond = 0;
  for (const value of values) beyond += value - first;
  return first + beyond / values.length;
}

/**
 * Pearson's correlation of two lists; NaN if either is constant or both are empty. Two passes, so that a large mean does
 * not cancel digits.
 */
export function pearson(x: Float64Array, y: Float64Array): number {
  const count = x.length;
  const meanX = meanOf(x);
  const meanY = meanOf(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < count; i++) {
    const dx = x[i] - meanX;
    const dy = y[i] - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // Variation at the level of rounding counts as constant.
  const floor = count * 2 ** -100;
  if (!(xx > floor * meanX * meanX && yy > floor * meanY * meanY)) return NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}

/** A remaining fraction of variance below this counts as zero. */
const NOTHING_LEFT = 1e-9;

/**
 * The partial correlation of x and y given z, from the three pairwise correlations. NaN if z explains all of x or all of
 * y.
 */
export function partialCorrelation(xy: number, xz: number, yz: number): number {
  const leftOfX = 1 - xz * xz;
  const leftOfY = 1 - yz * yz;
  // Ranks of two statistics that determine each other may still differ where rounding makes two values equal.
  if (!(leftOfX > NOTHING_LEFT && leftOfY > NOTHING_LEFT)) return NaN;
  return Math.max(-1, Math.min(1, (xy - xz * yz) / Math.sqrt(leftOfX * leftOfY)));
}
