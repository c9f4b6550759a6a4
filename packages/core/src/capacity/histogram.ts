/** How many values fall between neighbouring edges. */
export interface Histogram {
  /** The ends of the bins, ascending, one more than there are bins. */
  readonly edges: Float64Array;
  /** Values in each bin, its lower end included, its upper not, but for the last bin. */
  readonly counts: Float64Array;
  /** Values below the first edge or above the last; NaN among them. */
  readonly outside: number;
}

/**
 * Edges of so many bins between two numbers, equally wide or, on a log scale, of equal ratio.
 *
 * @throws RangeError if there is no bin, or the ends do not ascend, or are not positive on a log scale.
 */
export function binEdges(
  from: number,
  to: number,
  bins: number,
  scale: 'linear' | 'log',
): Float64Array {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`binEdges: bins must be a positive integer, got ${bins}`);
  }
  if (!(from < to && Number.isFinite(to - from)) || (scale === 'log' && !(from > 0))) {
    throw new RangeError(`binEdges: cannot lay ${scale} bins from ${from} to ${to}`);
  }
  const edges = Float64Array.from({ length: bins + 1 }, (_, b) =>
    scale === 'linear' ? from + ((to - from) * b) / bins : from * (to / from) ** (b / bins),
  );
  // Rounding must not leave the ends outside.
  edges[0] = from;
  edges[bins] = to;
  return edges;
}

/** Counts values by bin, in O(values log bins). @throws RangeError if there are not two edges that ascend. */
export function histogram(values: ArrayLike<number>, edges: Float64Array): Histogram {
  const bins = edges.length - 1;
  for (let b = 0; b < Math.max(1, bins); b++) {
    if (!(edges[b] < edges[b + 1])) {
      throw new RangeError(`histogram: edges must ascend, got ${edges[b]} before ${edges[b + 1]}`);
    }
  }
  const counts = new Float64Array(bins);
  let outside = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value >= edges[0] && value <= edges[bins])) {
      outside++;
      continue;
    }
    let low = 0;
    let high = bins - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle] <= value) low = middle;
      else high = middle - 1;
    }
    counts[low]++;
  }
  return { edges, counts, outside };
}
