/** Positive importances must lie in this range: v^2 (k - 1), a factor of the loss, must neither overflow nor underflow in float64. */
const IMPORTANCE_BOUNDS: readonly [number, number] = [1e-140, 1e140];
/** The largest kurtosis accepted, for the same reason. */
export const GREATEST_KURTOSIS = 1e18;

/**
 * Checks the importance of a feature. It may be 0: nothing depends on such a feature, and its optimal capacity is 0.
 *
 * @param v importance, 0 or positive.
 * @param feature index of the feature, for the error message.
 * @throws RangeError naming the feature, its importance and the valid range.
 * @example
 * ```js
 * import { checkImportance } from 'polysem/theory';
 * checkImportance(-1, 0); // throws RangeError
 * ```
 */
export function checkImportance(v: number, feature: number): void {
  if (!(v >= 0 && v < Infinity)) {
    throw new RangeError(
      `importance: feature ${feature} has ${v}; importances must be finite and not negative`,
    );
  }
  if (v === 0) return;
  const [least, most] = IMPORTANCE_BOUNDS;
  if (v < least || v > most) {
    throw new RangeError(
      `importance: feature ${feature} has ${v}; scale all importances so that those above 0 lie between ${least} and ${most}`,
    );
  }
}
