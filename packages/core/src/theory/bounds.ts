/**
 * Importances outside these bounds, and kurtoses above that one, are refused: the loss holds v^2 (k - 1), which must
 * neither overflow nor vanish in float64.
 */
const IMPORTANCE_BOUNDS: readonly [number, number] = [1e-140, 1e140];
export const GREATEST_KURTOSIS = 1e18;

/** The importance as it may be used. @throws RangeError naming the feature. */
export function checkImportance(v: number, feature: number): void {
  if (!(v > 0 && v < Infinity)) {
    throw new RangeError(
      `importance: feature ${feature} has ${v}; importances must be positive and finite`,
    );
  }
  const [least, most] = IMPORTANCE_BOUNDS;
  if (v < least || v > most) {
    throw new RangeError(
      `importance: feature ${feature} has ${v}; use units that bring it between ${least} and ${most}`,
    );
  }
}
