import { embedding } from '../embedding/embedding.ts';
import type { FeatureSource } from '../embedding/feature-source.ts';
import { stopIfAsked } from './blocks.ts';
import { onEveryWorker, transferable, inlineWorker, type StreamWorkers } from './workers.ts';
import { measureFeatures } from './feature-pass.ts';
import { largestEntry } from './near-one.ts';
import { measureWide } from './measure-wide.ts';
import { spectrumOf } from './spectrum-pass.ts';
import type { StreamMeasurement, StreamOptions } from './stream-measurement.ts';
import { centred, meanVector, unitLength } from './transforms.ts';

/** Matrices of at most so many numbers are measured whole, in float64. */
export const WHOLE_UP_TO: number = 2 ** 20;

/**
 * Measures capacity, leverage, interference and participation of every feature of a source that need not fit into memory:
 * two readings of it, O(N D^2) multiply-adds, and D^2 numbers beside six for each feature.
 *
 * The first reading sums S = sum_i w_i w_i^T, shared by rows among workers; its eigenvectors make the second one the same
 * algebra as `measureCapacity`, with the same tolerance (see `spectrumOf`). Results are the same bytes for any number of workers.
 * Matrices of at most 2^20 numbers are read as a whole and measured by `measureCapacity`. Fewer features than dimensions
 * are measured from their N x N Gram matrix (`measureWide`): O(N^2 D), and N^2 numbers beside 128 MiB of the matrix.
 *
 * With centring there is one reading more, for the mean, which is then subtracted from every vector before anything else:
 * subtracting N m m^T from S would leave the rounding of the mean's square in the weak directions.
 *
 * @throws RangeError (as rejection) if a size is not a positive integer or a number is not finite; whatever a reading, a
 *   hook or a worker throws; the signal's reason where it ends the work.
 */
export async function measureStream(
  source: FeatureSource,
  options: StreamOptions = {},
  workers: StreamWorkers = inlineWorker(),
): Promise<StreamMeasurement> {
  const { dims, features } = source;
  for (const [field, value] of Object.entries({ dims, features })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${source.name}: ${field} must be a positive integer, got ${value}`);
    }
  }
  stopIfAsked(options);
  const { centre = false, normalise = false } = options;
  let vectors = source;
  if (centre) vectors = centred(vectors, await meanVector(source, options));
  if (normalise) vectors = unitLength(vectors);
  const treatment = { centred: centre, normalised: normalise };
  if (features * dims <= WHOLE_UP_TO) {
    return { ...(await measureWhole(vectors, options, workers)), treatment };
  }
  try {
    if (features < dims) return { ...(await measureWide(vectors, options, workers)), treatment };
    const spectrum = options.spectrum ?? (await spectrumOf(vectors, options, workers));
    if (options.spectrum === undefined) options.onSpectrum?.(spectrum);
    const { rank, eigenvalues, scale, precision: frame, frameRepeated } = spectrum;
    const singularValues = eigenvalues.map((lambda) => Math.sqrt(lambda) / scale);
    if (rank === 0) return { ...nothing(source), treatment };
    const { precision, inFloat64, ...figures } = await measureFeatures(
      vectors,
      spectrum,
      options,
      workers,
    );
    return {
      dims,
      features,
      rank,
      singularValues,
      ...figures,
      treatment,
      precision: { data: source.precision, frame, features: precision, inFloat64, frameRepeated },
    };
  } finally {
    await onEveryWorker(workers, (worker) => workers.ask(worker, 'rest', null)).catch(
      () => undefined,
    );
  }
}

/** Errors of the computation in float64, where its deflation resolves all directions down to the tolerance: 2^-26 at most. */
const WHOLE_ERROR = { typical: 2 ** -26, largest: 2 ** -26 };

async function measureWhole(
  source: FeatureSource,
  options: StreamOptions,
  workers: StreamWorkers,
): Promise<Omit<StreamMeasurement, 'treatment'>> {
  const { dims, features, name } = source;
  options.onProgress?.({ stage: 'whole', done: 0, total: features });
  const data = await source.read(0, features);
  const largest = largestEntry(data, dims, 0, name);
  stopIfAsked(options);
  if (largest === 0) {
    options.onProgress?.({ stage: 'whole', done: features, total: features });
    return nothing(source);
  }
  const order = { ...embedding(dims, features, data) };
  const { measured, participation } = await workers.ask(0, 'whole', order, transferable(data));
  options.onProgress?.({ stage: 'whole', done: features, total: features });
  return {
    ...measured,
    participation,
    precision: {
      data: source.precision,
      frame: 'float64',
      features: 'float64',
      inFloat64: features,
      frameRepeated: false,
    },
    relativeError: { capacity: WHOLE_ERROR, leverage: WHOLE_ERROR },
  };
}

/** All figures of a matrix of zeros. */
function nothing({
  dims,
  features,
  precision,
}: FeatureSource): Omit<StreamMeasurement, 'treatment'> {
  const figure = (): Float64Array => new Float64Array(features);
  const none = { typical: 0, largest: 0 };
  return {
    dims,
    features,
    rank: 0,
    singularValues: new Float64Array(0),
    squaredNorm: figure(),
    capacity: figure(),
    leverage: figure(),
    interference: figure(),
    participation: figure(),
    unresolved: 0,
    precision: {
      data: precision,
      frame: 'float64',
      features: 'float64',
      inFloat64: features,
      frameRepeated: false,
    },
    relativeError: { capacity: none, leverage: none },
  };
}
