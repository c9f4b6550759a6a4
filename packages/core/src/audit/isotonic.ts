import { ascendingOrder } from './ranks.ts';

/** A monotone function of x fitted to y. */
export interface MonotoneFit {
  /** The fitted value of each y. */
  readonly fitted: Float64Array;
  readonly direction: 'rising' | 'falling';
  /** Number of distinct fitted values: the number of parameters. */
  readonly levels: number;
  readonly squaredError: number;
}

/**
 * The monotone function of x with the least squared error to y, rising or falling, whichever fits better. Equal x share
 * one value. Pool adjacent violators (Ayer et al. 1955). O(N).
 */
export function monotoneFit(
  x: Float64Array,
  y: Float64Array,
  order: Uint32Array = ascendingOrder(x),
): MonotoneFit {
  const rising = risingFit(x, y, order);
  const mirrored = risingFit(
    x,
    y.map((value) => -value),
    order,
  );
  return rising.squaredError <= mirrored.squaredError
    ? { ...rising, direction: 'rising' }
    : { ...mirrored, fitted: mirrored.fitted.map((value) => -value), direction: 'falling' };
}

function risingFit(
  x: Float64Array,
  y: Float64Array,
  order: Uint32Array,
): Omit<MonotoneFit, 'direction'> {
  const count = x.length;
  // Pools found so far, in ascending order of their means.
  const mean = new Float64Array(count);
  const size = new Float64Array(count);
  let pools = 0;
  for (let first = 0; first < count;) {
    let end = first;
    let sum = 0;
    while (end < count && x[order[end]] === x[order[first]]) sum += y[order[end++]];
    mean[pools] = sum / (end - first);
    size[pools++] = end - first;
    while (pools > 1 && mean[pools - 2] >= mean[pools - 1]) {
      const both = size[pools - 2] + size[pools - 1];
      mean[pools - 2] += ((mean[pools - 1] - mean[pools - 2]) * size[pools - 1]) / both;
      size[--pools - 1] = both;
    }
    first = end;
  }
  const fitted = new Float64Array(count);
  let squaredError = 0;
  for (let pool = 0, at = 0; pool < pools; pool++) {
    for (let end = at + size[pool]; at < end; at++) {
      fitted[order[at]] = mean[pool];
      squaredError += (y[order[at]] - mean[pool]) ** 2;
    }
  }
  return { fitted, levels: pools, squaredError };
}
