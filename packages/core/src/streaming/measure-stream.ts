import { positiveInteger } from '@polysem/numerics/checks';
import { embedding } from '../embedding/embedding.ts';
import { checkedReads, type FeatureSource } from '../embedding/feature-source.ts';
import { throwIfAborted } from './chunks.ts';
import { onEveryWorker, transferable, inlineWorker, type StreamWorkers } from './workers.ts';
import { measureFeatures } from './feature-pass.ts';
import { largestEntry } from './scaling.ts';
import { measureWide } from './measure-wide.ts';
import { spectrumOf } from './spectrum-pass.ts';
import { inFloat64, type StreamMeasurement, type StreamOptions } from './stream-measurement.ts';
import { centred, meanVector, unitLength } from './transforms.ts';

/** Matrices with at most this many numbers are measured as a whole, in float64. */
const WHOLE_UP_TO: number = 2 ** 20;

/**
 * Measures capacity, leverage, interference and participation of every feature of a source that need not fit in memory. Two
 * passes over the source, O(N D^2) multiply-adds; memory for D^2 numbers and six per feature.
 *
 * The first pass sums S = sum_i w_i w_i^T, divided by rows among workers. In the eigenvectors of S, the second pass
 * computes the same as `measureCapacity`, with the same tolerance (see `spectrumOf`). Results have the same bytes for any
 * number of workers. Matrices with at most 2^20 numbers are read as a whole and measured by `measureCapacity`. If N < D, the
 * N x N Gram matrix is used (`measureWide`): O(N^2 D), memory for N^2 numbers and 128 MiB of the matrix.
 *
 * Centring takes one more pass, for the mean, which is then subtracted from every vector. (Subtracting N m m^T from S
 * would leave the rounding of the square of the mean in weak directions.)
 *
 * @param source the features.
 * @param options precision, treatment of the vectors, progress and resumption.
 * @param workers the workers; by default this thread.
 * @returns figures of every feature, singular values, and estimates of numerical errors.
 * @throws RangeError (as rejection) if a size is not a positive integer, the precision is unknown, a read gives too few numbers
 *   or a number is not finite; otherwise the error of a read, a callback or a worker, or the reason of the signal that stops it.
 * @example
 * ```js
 * import { gaussianSource, measureStream } from 'polysem/streaming';
 * const { rank } = await measureStream(gaussianSource({ dims: 4, features: 20, seed: 1 }));
 * rank; // 4
 * ```
 */
export async function measureStream(
  source: FeatureSource,
  options: StreamOptions = {},
  workers: StreamWorkers = inlineWorker(),
): Promise<StreamMeasurement> {
  const { dims, features } = source;
  for (const [field, value] of Object.entries({ dims, features })) {
    positiveInteger(`${source.name}: ${field}`, value);
  }
  const { centre = false, normalise = false, precision: wanted = 'auto' } = options;
  if (!['auto', 'float64', 'float32'].includes(wanted))
    throw new RangeError(`precision: must be auto, float64 or float32, got ${wanted}`);
  throwIfAborted(options);
  let vectors = checkedReads(source);
  if (centre) vectors = centred(vectors, await meanVector(source, options));
  if (normalise) vectors = unitLength(vectors);
  const treatment = { centred: centre, normalised: normalise };
  if (features * dims <= WHOLE_UP_TO) {
    return { ...doubted(await measureWhole(vectors, options, workers)), treatment };
  }
  try {
    if (features < dims)
      return { ...doubted(await measureWide(vectors, options, workers)), treatment };
    const spectrum = options.spectrum ?? (await spectrumOf(vectors, options, workers));
    if (options.spectrum === undefined) options.onSpectrum?.(spectrum);
    const { rank, rankInDoubt, eigenvalues, scale, precision: frame, frameRepeated } = spectrum;
    const singularValues = eigenvalues.map((lambda) => Math.sqrt(lambda) / scale);
    if (rank === 0) return { ...zeroMeasurement(source), treatment };
    const {
      precision,
      inFloat64: count,
      ...figures
    } = await measureFeatures(vectors, spectrum, options, workers);
    const measured = {
      dims,
      features,
      rank,
      rankInDoubt,
      singularValues,
      ...figures,
      precision: {
        data: source.precision,
        frame,
        features: precision,
        inFloat64: count,
        frameRepeated,
      },
    };
    return { ...doubted(measured), treatment };
  } finally {
    await onEveryWorker(workers, (worker) => workers.ask(worker, 'rest', null)).catch(
      () => undefined,
    );
  }
}

/** Leverages are not known if the rank is in doubt: a direction that is left out wrongly may give up to the whole of one. */
function doubted<M extends Omit<StreamMeasurement, 'treatment'>>(measured: M): M {
  if (!measured.rankInDoubt) return measured;
  const { capacity, leverage } = measured.relativeError;
  const largest = Math.max(1, leverage.largest);
  return { ...measured, relativeError: { capacity, leverage: { ...leverage, largest } } };
}

async function measureWhole(
  source: FeatureSource,
  options: StreamOptions,
  workers: StreamWorkers,
): Promise<Omit<StreamMeasurement, 'treatment'>> {
  const { dims, features, name } = source;
  options.onProgress?.({ stage: 'whole', done: 0, total: features });
  const data = await source.read(0, features);
  const largest = largestEntry(data, dims, 0, name);
  throwIfAborted(options);
  if (largest === 0) {
    options.onProgress?.({ stage: 'whole', done: features, total: features });
    return zeroMeasurement(source);
  }
  const order = { ...embedding(dims, features, data) };
  const { measured, participation, relativeError } = await workers.ask(
    0,
    'whole',
    order,
    transferable(data),
  );
  options.onProgress?.({ stage: 'whole', done: features, total: features });
  return {
    ...measured,
    participation,
    precision: inFloat64(source.precision, features),
    relativeError,
  };
}

/** The measurement of a zero matrix. */
function zeroMeasurement({
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
    rankInDoubt: false,
    singularValues: new Float64Array(0),
    squaredNorm: figure(),
    capacity: figure(),
    leverage: figure(),
    interference: figure(),
    participation: figure(),
    unresolved: 0,
    precision: inFloat64(precision, features),
    relativeError: { capacity: none, leverage: none },
  };
}
