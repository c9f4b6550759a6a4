/* oxlint-disable no-await-in-loop -- one chunk is in memory at a time */
import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import { generator, nextUint32 } from '@polysem/numerics/random';
import { places } from './choose-precision.ts';
import { endStage, transferable, type StreamWorkers } from './workers.ts';
import type { ChunkFigures, Calibration, EigenBasis, ErrorSums } from './feature-figures.ts';
import { allChunks } from './frame-pass.ts';
import { shareChunks } from './share-chunks.ts';
import type {
  ErrorEstimate,
  StreamMeasurement,
  StreamOptions,
  StreamSpectrum,
} from './stream-measurement.ts';

/** Number of lists of signs that probe the errors of eigenvalues. */
const PROBES = 4;

/** Number of features measured in both precisions, and number of parts of the source that they come from. */
const CALIBRATED = 256;
const PLACES = 8;

/** Fraction of features in need of float64 above which all are computed in it, which then costs less per feature. */
const MOSTLY = 1 / 4;

/** Result of the pass over features. */
export type FeaturePass = Pick<
  StreamMeasurement,
  | 'squaredNorm'
  | 'capacity'
  | 'leverage'
  | 'interference'
  | 'participation'
  | 'unresolved'
  | 'relativeError'
> & { readonly precision: Precision; readonly inFloat64: number };

/** Measures every feature in the eigenvectors of S, of rank 1 or more. Each chunk goes to the least busy worker. */
export async function measureFeatures(
  source: FeatureSource,
  spectrum: StreamSpectrum,
  options: StreamOptions,
  workers: StreamWorkers,
): Promise<FeaturePass> {
  const { features } = source;
  const { dims, rank, eigenvalues, vectors, scale } = spectrum;
  const signs = probes(rank);
  const basis: EigenBasis = { dims, rank, eigenvalues, vectors, scale, probes: signs };
  await workers.ask(0, 'openFigures', basis);
  const { mode, calibration } = await chooseMode(source, options, workers);
  // Frees the memory of the second precision.
  await endStage(workers);
  // One at a time, to limit memory to one copy. The last worker gets the vectors themselves, which are not needed here.
  for (let worker = 0; worker < workers.threads; worker++) {
    await workers.ask(
      worker,
      'openFigures',
      basis,
      worker === workers.threads - 1 ? transferable(vectors) : [],
    );
  }

  const figure = (): Float64Array => new Float64Array(features);
  const lists = {
    squaredNorm: figure(),
    capacity: figure(),
    leverage: figure(),
    interference: figure(),
    participation: figure(),
  };
  const found: ChunkSums[] = [];
  const chunks = allChunks(source);
  await shareChunks(
    {
      source,
      chunks,
      stage: 'features',
      task: 'figures',
      inputOf: (chunk, count) => ({ chunk, count, mode, calibration }),
    },
    workers,
    options,
    ({ squaredNorm, capacity, leverage, interference, participation, ...sums }, first) => {
      lists.squaredNorm.set(squaredNorm, first);
      lists.capacity.set(capacity, first);
      lists.leverage.set(leverage, first);
      lists.interference.set(interference, first);
      lists.participation.set(participation, first);
      found[first / chunks[0].count] = sums;
    },
  );
  return { ...lists, ...totals(found, signs, spectrum), precision: passPrecision(mode) };
}

/** The figures of a chunk that are summed over chunks. */
type ChunkSums = Omit<
  ChunkFigures,
  'squaredNorm' | 'capacity' | 'leverage' | 'interference' | 'participation'
>;

function passPrecision(mode: Precision | 'auto'): Precision {
  return mode === 'float64' ? 'float64' : 'float32';
}

/** Counts over all chunks, and estimated errors of the figures. */
function totals(
  found: readonly ChunkSums[],
  signs: readonly Float64Array[],
  { eigenvalues, error }: StreamSpectrum,
): Pick<FeaturePass, 'unresolved' | 'inFloat64' | 'relativeError'> {
  const total = (of: (chunk: ChunkSums) => number): number =>
    found.reduce((sum, chunk) => sum + of(chunk), 0);
  const measured = total((chunk) => chunk.measured);
  const frameError = Math.max(
    // Doubled, since few lists of signs estimate it.
    2 * probedError(found, signs, eigenvalues),
    Math.SQRT2 * error * eigenvalues[0],
  );
  const estimate = (name: 'capacity' | 'leverage'): ErrorEstimate => {
    const projection = joined(found.map((chunk) => chunk.projectionError[name]));
    const frame = joined(found.map((chunk) => chunk.frameError[name]));
    const squares = projection.squares + frameError ** 2 * frame.squares;
    return {
      typical: measured === 0 ? 0 : Math.sqrt(squares / measured),
      largest: projection.largest + frameError * frame.largest,
    };
  };
  return {
    unresolved: total((chunk) => chunk.unresolved),
    inFloat64: total((chunk) => chunk.inFloat64),
    relativeError: { capacity: estimate('capacity'), leverage: estimate('leverage') },
  };
}

/** Measures a sample in both precisions and chooses the precision for all features. */
async function chooseMode(
  source: FeatureSource,
  options: StreamOptions,
  workers: StreamWorkers,
): Promise<{ readonly mode: Precision | 'auto'; readonly calibration: Calibration }> {
  // At least two roundings, in case the sample holds only zero vectors.
  let calibration: Calibration = { capacity: 2 ** -23, leverage: 2 ** -23 };
  const samples = places(source.features, CALIBRATED, PLACES);
  for (const { first, count } of samples) {
    const chunk = await source.read(first, count);
    const found = await workers.ask(0, 'calibrate', { chunk, count }, transferable(chunk));
    calibration = {
      capacity: Math.max(calibration.capacity, found.capacity),
      leverage: Math.max(calibration.leverage, found.leverage),
    };
  }
  // The largest of several hundred normal errors is 3 standard deviations; of a million, 5.
  calibration = { capacity: 2 * calibration.capacity, leverage: 2 * calibration.leverage };
  const wanted = options.precision ?? 'auto';
  if (wanted !== 'auto') return { mode: wanted, calibration };
  let again = 0;
  let count = 0;
  for (const sample of samples) {
    const chunk = await source.read(sample.first, sample.count);
    const order = { chunk, count: sample.count, mode: 'auto', calibration } as const;
    again += (await workers.ask(0, 'figures', order, transferable(chunk))).inFloat64;
    count += sample.count;
  }
  return { mode: again > MOSTLY * count ? 'float64' : 'auto', calibration };
}

/** Random signs, always the same. */
function probes(rank: number): Float64Array[] {
  const g = generator(0);
  return Array.from({ length: PROBES }, () =>
    Float64Array.from({ length: rank }, () => (nextUint32(g) >= 2 ** 31 ? 1 : -1)),
  );
}

/**
 * Error of a quadratic form v^T E v, |v| = 1, in the errors E of S, estimated from sums over all features. If u_k is an
 * eigenvector of S + E, then sum_i t_ik^2 / lambda_k - 1 = -u_k^T E u_k / lambda_k. Sums of these with random signs have mean
 * square sum_k (u_k^T E u_k / lambda_k)^2 (Hutchinson's estimator).
 */
function probedError(
  found: readonly Pick<ChunkFigures, 'probes'>[],
  signs: readonly Float64Array[],
  eigenvalues: Float64Array,
): number {
  let squares = 0;
  signs.forEach((list, k) => {
    let sum = 0;
    for (const chunk of found) sum += chunk.probes[k];
    squares += (sum - list.reduce((a, b) => a + b, 0)) ** 2;
  });
  let weight = 0;
  for (const lambda of eigenvalues) weight += 1 / lambda ** 2;
  return Math.sqrt(squares / signs.length / weight);
}

function joined(spreads: readonly ErrorSums[]): ErrorSums {
  return {
    squares: spreads.reduce((sum, { squares }) => sum + squares, 0),
    largest: spreads.reduce((most, { largest }) => Math.max(most, largest), 0),
  };
}
