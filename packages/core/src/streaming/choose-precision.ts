import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import { freeWorkers, transferable, type StreamWorkers } from './workers.ts';
import { leverageError } from './compare-frames.ts';
import { sumFrame } from './frame-pass.ts';
import type { StreamHooks } from './stream-measurement.ts';

/** The largest error of a leverage that the errors of S may make: half of the 1e-5 that is promised. */
const GOAL = 5e-6;

/** Features of the sample, in multiples of D, and in how many places of the source they lie. */
const SAMPLE = 4;
const PLACES = 8;

/** Sources below so many times the sample are not worth one. */
const WORTH = 4;

/** The precision of the products that make up S, and the error that goes with it. */
export interface FramePrecision {
  readonly precision: Precision;
  /** Root mean square error of an entry of S, relative to its largest eigenvalue; 0 where it was not measured. */
  readonly error: number;
}

/**
 * Sums S of some features, evenly spread over the source, in both precisions: float32 is taken where leverages can bear
 * the difference. Relatively to S the error does not grow with more features.
 */
export async function chooseFramePrecision(
  source: FeatureSource,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<FramePrecision> {
  const { dims, features } = source;
  if (features < WORTH * SAMPLE * dims) return { precision: 'float64', error: 0 };
  const blocks = places(features, SAMPLE * dims, PLACES);
  const pass = { source, blocks, stage: 'sample' } as const;
  const coarse = await sumFrame({ ...pass, precision: 'float32' }, workers, hooks);
  const exact = await sumFrame({ ...pass, precision: 'float64' }, workers, hooks);
  const { error, isFineEnough } = await workers.ask(
    0,
    'compareFrames',
    { coarse: coarse.rows, exact: exact.rows, dims, goal: GOAL },
    [...transferable(coarse.rows), ...transferable(exact.rows)],
  );
  await freeWorkers(workers, dims);
  return { precision: isFineEnough ? 'float32' : 'float64', error };
}

/** Whether the spectrum of S in float32 bears out that it is fine enough. */
export function bearsOut(values: Float64Array, error: number): boolean {
  const smallest = values.at(-1) ?? 0;
  return smallest > 0 && leverageError(error * values[0], smallest) <= GOAL;
}

/** Places evenly spread over the features of a source, that hold so many together. */
export function places(
  features: number,
  wanted: number,
  parts: number,
): { readonly first: number; readonly count: number }[] {
  if (wanted >= features) return [{ first: 0, count: features }];
  const count = Math.max(1, Math.floor(wanted / parts));
  return Array.from({ length: Math.min(parts, wanted) }, (_, k) => ({
    first: Math.floor(((features - count) * k) / Math.max(1, parts - 1)),
    count,
  }));
}
