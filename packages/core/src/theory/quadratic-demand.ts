import { returnsToCapacity } from './quadratic.ts';
import type { Ramps, Steps } from './water-filling.ts';

/** Demand of the features of kurtosis 3 and above, as ramps in u = 1 / lambda [equation 15]; see {@link Ramps}. */
export function makeRamps(importance: Float64Array, kurtosis: Float64Array): Ramps {
  const feature = indicesWhere(kurtosis, (k) => returnsToCapacity(k) !== 'increasing');
  const count = feature.length;
  const ramps = {
    feature,
    start: new Float64Array(count),
    end: new Float64Array(count),
    slope: new Float64Array(count),
  };
  for (let r = 0; r < count; r++) {
    const v = importance[feature[r]];
    const k = kurtosis[feature[r]];
    const end = 1 / v;
    const start = returnsToCapacity(k) === 'constant' ? end : Math.min(end, 2 / ((k - 1) * v));
    ramps.end[r] = end;
    ramps.start[r] = start;
    ramps.slope[r] = start === end ? 0 : ((k - 1) * v) / (k - 3);
  }
  return ramps;
}

/**
 * Demand of the features of kurtosis below 3, as steps in u: each takes a whole dimension from the `place` u at which the
 * price 2 / u^2 equals l(0) - l(1) = v^2 (k - 1).
 */
export function makeSteps(
  importance: Float64Array,
  kurtosis: Float64Array,
): { feature: Int32Array; place: Steps } {
  const feature = indicesWhere(kurtosis, (k) => returnsToCapacity(k) === 'increasing');
  const place = new Float64Array(feature.length);
  for (let s = 0; s < place.length; s++) {
    place[s] = Math.SQRT2 / (importance[feature[s]] * Math.sqrt(kurtosis[feature[s]] - 1));
  }
  return { feature, place };
}

function indicesWhere(values: Float64Array, keep: (value: number) => boolean): Int32Array {
  const found = new Int32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (keep(values[i])) found[count++] = i;
  return found.slice(0, count);
}
