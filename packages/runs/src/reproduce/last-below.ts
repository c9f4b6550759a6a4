/**
 * The largest value at which a condition still holds, if it holds up to some value and fails above: 60 geometric bisections.
 *
 * @param range a positive value at which it holds, and one at which it does not.
 * @param holds the condition.
 */
export function lastBelow(
  range: readonly [number, number],
  holds: (value: number) => boolean,
): number {
  let [low, high] = range;
  for (let k = 0; k < 60; k++) {
    const middle = Math.sqrt(low * high);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
