/** Compensated sum of a list (Neumaier): as accurate as one rounding, so that a check adds no error. */
export function exactSum(values) {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Largest |a_i - b_i|; NaN if any difference is NaN. */
export function maxDifference(a, b) {
  if (a.length !== b.length)
    throw new RangeError(`arrays differ in length: ${a.length} and ${b.length}`);
  let greatest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= greatest)) greatest = difference;
    if (Number.isNaN(difference)) return NaN;
  }
  return greatest;
}

/** Exponent p of the least-squares fit y = c x^p through points [x, y]. */
export function fittedExponent(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  let above = 0;
  let below = 0;
  for (const [x, y] of logs) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return above / below;
}
