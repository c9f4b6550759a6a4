// Judges the growth of a page that is used for long.

/** Largest growth per hour, as a fraction of the median: a page at most doubles in a working day. */
const BOUND = 1 / 8;

/** Growth per hour of a series: the slope of its least-squares line, with two standard errors. */
export function growth(hours, series) {
  const n = series.length;
  const mean = (list) => list.reduce((a, b) => a + b, 0) / n;
  const [x, y] = [mean(hours), mean(series)];
  const across = hours.reduce((sum, hour) => sum + (hour - x) ** 2, 0);
  const slope = hours.reduce((sum, hour, k) => sum + (hour - x) * (series[k] - y), 0) / across;
  const rest = hours.reduce((sum, hour, k) => sum + (series[k] - y - slope * (hour - x)) ** 2, 0);
  return { slope, error: 2 * Math.sqrt(rest / Math.max(1, n - 2) / across) };
}

/**
 * Judges a series: it is at fault if it grows by more than its bound and its uncertainty together. `firstUses` is the fraction of
 * the median that may be added once, by parts that are used for the first time late.
 */
export function judge(hours, series, firstUses = 0) {
  const { slope, error } = growth(hours, series);
  const median = series.toSorted((a, b) => a - b)[series.length >> 1];
  const bound = (BOUND + firstUses / (hours.at(-1) - hours[0])) * median;
  return { slope, error, median, bound, isOver: slope - error > bound };
}
