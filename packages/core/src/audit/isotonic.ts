import { ascendingOrder } from './order.ts';

/** A monotone function of x fitted to y. */
export interface MonotoneFit {
  /** The fitted value of each y. */
  readonly fitted: Float64Array;
  readonly direction: 'rising' | 'falling';
  /** How many different values it takes: the parameters that it has. */
  readonly levels: number;
  readonly squaredError: number;
}

/**
 * The monotone function of x that is nearest to y in squared error, rising or falling, whichever is nearer; equal x get
 * one value. By pooling adjacent violators (Ayer et al. 1955). O(N).
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
  // Pools so far: their means ascend, and each ends before the next begins.
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
