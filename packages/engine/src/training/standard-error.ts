/** Fewest groups from which a standard error is estimated: with 8, it is itself uncertain by about a quarter. */
const LEAST_GROUPS = 8;

/** Number of groups into which held-out rows are divided. */
const GROUPS = 64;

/**
 * The standard error of a mean, from the means m_1 .. m_B of B groups of equal size whose rows are independent:
 *
 *   sqrt(sum_b (m_b - m)^2 / (B - 1) / B),   with m the mean of all m_b.
 *
 * Groups are independent and identically distributed, so the sum over B - 1 estimates the variance of one group mean without
 * bias, and the mean of B of them has a B-th of it. The interval m +- 1.96 standard errors holds the expected value in about
 * 95 % of the cases. The relative error of the standard error itself is about 1 / sqrt(2 (B - 1)): 9 % for 64 groups.
 *
 * @param means mean of each group.
 * @param share fraction of all rows that the groups contain; the variance of the mean of all rows is that fraction of theirs.
 * @returns the standard error; null for fewer than 8 groups.
 */
export function standardErrorOf(means: ArrayLike<number>, share: number = 1): number | null {
  const count = means.length;
  if (count < LEAST_GROUPS) return null;
  let mean = 0;
  for (let b = 0; b < count; b++) mean += means[b] / count;
  let squares = 0;
  for (let b = 0; b < count; b++) squares += (means[b] - mean) ** 2;
  return Math.sqrt((share * squares) / (count - 1) / count);
}

/** Divides the numbers from 0 to `rows` - 1 into up to {@link GROUPS} consecutive groups of equal size; a rest is left out. */
export function groupsOfRows(rows: number): Uint32Array[] {
  const groups = Math.min(GROUPS, rows);
  const size = groups === 0 ? 0 : Math.floor(rows / groups);
  return Array.from({ length: groups }, (_, b) =>
    Uint32Array.from({ length: size }, (__, i) => b * size + i),
  );
}
