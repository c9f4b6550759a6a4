import { positiveInteger } from '@polysem/numerics/checks';
import { logSpaced } from '@polysem/numerics/elementary';

/** Counts of values per bin. */
export interface Histogram {
  /** The edges of the bins, ascending: one more than bins. */
  readonly edges: Float64Array;
  /** Values in each bin. A bin includes its lower edge; only the last bin includes its upper edge. */
  readonly counts: Float64Array;
  /** Number of values below the first edge or above the last, and of NaNs. */
  readonly outside: number;
}

/**
 * Edges of bins between two numbers: equally wide on a linear scale, of equal ratio on a log scale.
 *
 * @param from the first edge.
 * @param to the last edge.
 * @param bins number of bins.
 * @param scale how edges are spaced.
 * @returns `bins` + 1 edges, ascending.
 * @throws RangeError if `bins` is not a positive integer, `from` is not less than `to`, or `from` is not positive on a log
 *   scale.
 * @example
 * ```js
 * import { binEdges } from 'polysem/capacity';
 * binEdges(1, 100, 2, 'log'); // [1, 10, 100]
 * ```
 */
export function binEdges(
  from: number,
  to: number,
  bins: number,
  scale: 'linear' | 'log',
): Float64Array {
  positiveInteger('bins', bins);
  if (!(from < to && Number.isFinite(to - from)) || (scale === 'log' && !(from > 0))) {
    throw new RangeError(
      `binEdges: the range must ascend${scale === 'log' ? ' from a positive number' : ''}, got ${from} to ${to}`,
    );
  }
  if (scale === 'log') return logSpaced(from, to, bins + 1);
  const edges = Float64Array.from({ length: bins + 1 }, (_, b) => from + ((to - from) * b) / bins);
  // Without rounding, so that the end is inside.
  edges[bins] = to;
  return edges;
}

/**
 * Counts values per bin, in O(values log bins).
 *
 * @param values the numbers to count.
 * @param edges edges of the bins, ascending, at least two.
 * @returns counts per bin, and the number of values outside all bins.
 * @throws RangeError if there are fewer than two edges, or they do not ascend.
 * @example
 * ```js
 * import { histogram } from 'polysem/capacity';
 * histogram([0.1, 0.2, 0.9, 2], Float64Array.of(0, 0.5, 1)); // { edges: [0, 0.5, 1], counts: [2, 1], outside: 1 }
 * ```
 */
export function histogram(values: ArrayLike<number>, edges: Float64Array): Histogram {
  const bins = edges.length - 1;
  if (bins < 1) throw new RangeError(`histogram: needs at least two edges, got ${edges.length}`);
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
