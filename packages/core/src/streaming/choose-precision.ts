import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import { endStage, transferable, type StreamWorkers } from './workers.ts';
import { leverageError } from './compare-frames.ts';
import { sumFrame } from './frame-pass.ts';
import type { StreamHooks } from './stream-measurement.ts';

/** Largest error of a leverage that errors of S may cause: half of the promised 1e-5. */
const GOAL = 5e-6;

/** Size of the sample in multiples of D, and number of parts of the source that it comes from. */
const SAMPLE = 4;
const PLACES = 8;

/** Sources shorter than this multiple of the sample are summed in float64 without a sample. */
const WORTH = 4;

/** The precision of the products in S, and their error. */
export interface FramePrecision {
  readonly precision: Precision;
  /** Root mean square error of an entry of S, relative to its largest eigenvalue; 0 if not measured. */
  readonly error: number;
}

/**
 * Chooses the precision of S: sums S over a sample of features, evenly spread over the source, in both precisions, and takes
 * float32 if its errors change leverages little enough. Relative to S, the error does not grow with more features.
 */
export async function chooseFramePrecision(
  source: FeatureSource,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<FramePrecision> {
  const { dims, features } = source;
  if (features < WORTH * SAMPLE * dims) return { precision: 'float64', error: 0 };
  const chunks = places(features, SAMPLE * dims, PLACES);
  const pass = { source, chunks, stage: 'sample' } as const;
  const coarse = await sumFrame({ ...pass, precision: 'float32' }, workers, hooks);
  const exact = await sumFrame({ ...pass, precision: 'float64' }, workers, hooks);
  const { error, isFineEnough } = await workers.ask(
    0,
    'compareFrames',
    { coarse: coarse.rows, exact: exact.rows, dims, goal: GOAL },
    [...transferable(coarse.rows), ...transferable(exact.rows)],
  );
  await endStage(workers);
  return { precision: isFineEnough ? 'float32' : 'float64', error };
}

/** True if the eigenvalues of S in float32 confirm that the precision suffices. */
export function isPreciseEnough(values: Float64Array, error: number): boolean {
  const smallest = values[values.length - 1];
  return smallest > 0 && leverageError(error * values[0], smallest) <= GOAL;
}

/** Ranges evenly spread over the features of a source, with `wanted` features in `parts` ranges. */
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
