import type { FeatureSource } from '../embedding/feature-source.ts';
import { measureStream } from '../streaming/measure-stream.ts';
import type {
  StreamHooks,
  StreamMeasurement,
  StreamSpectrum,
} from '../streaming/stream-measurement.ts';
import type { StreamWorkers } from '../streaming/workers.ts';
import type { CompareOptions, CompareProgress } from './comparison.ts';
import { keptPart } from './kept-parts.ts';

/** A measured dictionary, with its spectrum if the measurement gave one and the rank is less than D. */
export interface MeasuredSide {
  readonly source: FeatureSource;
  readonly measured: StreamMeasurement;
  readonly spectrum: StreamSpectrum | null;
}

/** Measures A or B. */
export async function measuredSide(
  part: 'a' | 'b',
  source: FeatureSource,
  options: CompareOptions,
  workers: StreamWorkers,
): Promise<MeasuredSide> {
  const found = await keptPart(options.keeper, part, async () => {
    const resuming = options.keeper?.measuring(part);
    let spectrum = copied(resuming?.spectrum);
    const onSpectrum = (each: StreamSpectrum): void => {
      spectrum = copied(each);
      resuming?.onSpectrum?.(each);
    };
    const hooks = { ...hooksOf(options, part), ...resuming, onSpectrum };
    const measured = await measureStream(source, hooks, workers);
    return { measured, spectrum };
  });
  return { source, ...found };
}

/** The measurement gives the vectors to a worker. Those of full rank span everything, and are not needed. */
function copied(spectrum: StreamSpectrum | undefined): StreamSpectrum | null {
  if (spectrum === undefined || spectrum.rank === spectrum.dims) return null;
  return { ...spectrum, vectors: spectrum.vectors.slice() };
}

/** Hooks that report progress as progress of a part. */
export function hooksOf(
  { signal, onProgress }: CompareOptions,
  part: CompareProgress['part'],
): StreamHooks {
  return { signal, onProgress: (progress) => onProgress?.({ part, ...progress }) };
}

/** Indices of the features that have a vector. */
export function withVector({ measured: { capacity, squaredNorm } }: MeasuredSide): Int32Array {
  return Int32Array.from(capacity.keys()).filter((i) => capacity[i] > 0 || squaredNorm[i] > 0);
}
