/** The mean, from the first number on: that of equal numbers is exactly theirs. NaN of none. */
export function meanOf(values: Float64Array): number {
  const [first] = values;
  let beyond = 0;
  for (const value of values) beyond += value - first;
  return first + beyond / values.length;
}

/**
 * Pearson's correlation of two lists; NaN if one of them is constant or they are empty. Two passes, so that a large mean
 * takes no digits.
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
  // Numbers that rounding alone keeps apart do not vary.
  const floor = count * 2 ** -100;
  if (!(xx > floor * meanX * meanX && yy > floor * meanY * meanY)) return NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}

/** A part of the variance that counts as none. */
const NOTHING_LEFT = 1e-9;

/**
 * The correlation of x and y that is left when z is held: of what of each no multiple of z explains.
 * From the three correlations among them; NaN if z explains all of x or of y.
 */
export function partialCorrelation(xy: number, xz: number, yz: number): number {
  const leftOfX = 1 - xz * xz;
  const leftOfY = 1 - yz * yz;
  // Ranks of two statistics that follow from each other may differ where rounding makes two numbers equal.
  if (!(leftOfX > NOTHING_LEFT && leftOfY > NOTHING_LEFT)) return NaN;
  return Math.max(-1, Math.min(1, (xy - xz * yz) / Math.sqrt(leftOfX * leftOfY)));
}
