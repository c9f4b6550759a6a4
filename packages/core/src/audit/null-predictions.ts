import { fitRamps } from './ramp-fit.ts';
import { monotoneFit } from './isotonic.ts';
import { indicesWhere, valuesAt } from './select.ts';
import type { CheckedStatistics } from './statistics.ts';

/** The null predictions, by name. */
export type NullName = 'constant' | 'proportional' | 'monotone-importance' | 'monotone-density';

/** A prediction that makes no use of the theory. */
export interface NullFit {
  readonly name: NullName;
  /** Number of parameters fitted to the measured capacities. */
  readonly parameters: number;
  readonly predicted: Float64Array;
}

/** Descriptions of the null predictions for readers. */
export const NULL_DESCRIPTIONS: Readonly<Record<NullName, string>> = {
  constant: 'the mean for every feature',
  proportional:
    'proportional to importance, at most 1; one fitted factor, as the theory has one price',
  'monotone-importance': 'the monotone function of importance that fits best',
  'monotone-density': 'the monotone function of frequency that fits best',
};

/** The null predictions, each at its least squared error. O(N). */
export function nullPredictions(
  { importance, density }: CheckedStatistics,
  measured: Float64Array,
): NullFit[] {
  let sum = 0;
  for (const m of measured) sum += m;
  const constant = new Float64Array(measured.length).fill(sum / measured.length);
  return [
    { name: 'constant', parameters: 1, predicted: constant },
    { name: 'proportional', parameters: 1, predicted: proportional(importance, measured) },
    monotone('monotone-importance', importance, measured),
    ...(density === null ? [] : [monotone('monotone-density', density, measured)]),
  ];
}

/** min(1, f v), with the factor f of least squared error. */
export function proportional(importance: Float64Array, measured: Float64Array): Float64Array {
  const feature = indicesWhere(importance.length, (i) => importance[i] > 0);
  const slope = valuesAt(importance, feature);
  const ramps = {
    feature,
    slope,
    start: new Float64Array(slope.length),
    end: slope.map((v) => 1 / v),
  };
  const steps = { feature: new Int32Array(0), place: new Float64Array(0) };
  const { u } = fitRamps({ ramps, steps }, measured);
  return importance.map((v) => Math.min(1, u * v));
}

function monotone(name: NullName, x: Float64Array, measured: Float64Array): NullFit {
  const { fitted, levels } = monotoneFit(x, measured);
  return { name, parameters: levels, predicted: fitted };
}
