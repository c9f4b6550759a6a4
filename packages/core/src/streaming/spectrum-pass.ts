import { isRankInDoubt, relativeTolerance } from '../embedding/rank-tolerance.ts';
import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import type { SymmetricEigen } from '@polysem/numerics/linalg';
import { endStage, transferable, type StreamWorkers } from './workers.ts';
import { isPreciseEnough, chooseFramePrecision, type FramePrecision } from './choose-precision.ts';
import type { CoarseSpectrum, FrameKeeper, SpectrumState } from './frame-state.ts';
import { allChunks, sumFrame, sumRotatedRows } from './frame-pass.ts';
import type { StreamOptions, StreamSpectrum } from './stream-measurement.ts';

/** Eigenvalues of S in float64 below this fraction of the largest are refined, as in `leftSingular`. */
const RESOLVED = 2 ** -26;

/** Eigenvalues of S in float32 below this fraction of the largest may be rounding. */
const FLOAT32_FLOOR = 2 ** -22;

/** The spectrum, and whether it was refined. */
export interface FoundSpectrum extends StreamSpectrum {
  readonly isRefined: boolean;
}

/**
 * The eigenvalues and eigenvectors of S of a source, with the tolerance of `leftSingular`: singular values up to 32 * 2^-23 of
 * the largest count as zero for float32 data, up to max(N, D) 2^-52 of the largest for float64 data.
 *
 * S in float64 resolves everything above the tolerance of float32 data. For float64 data, singular values below 2^-13 of the
 * largest are refined in a second pass (`refineSpectrum`). S in float32, if requested, resolves none below 2^-11 of the
 * largest.
 *
 * @param onFrame gets the lower triangle of S, for vectors times a power of two, before the eigendecomposition.
 */
export async function spectrumOf(
  source: FeatureSource,
  options: StreamOptions,
  workers: StreamWorkers,
  onFrame: (rows: Float64Array) => void = () => {},
): Promise<FoundSpectrum> {
  const { begun, precision: wanted = 'auto' } = options;
  const chosen: FramePrecision =
    begun ??
    (wanted === 'auto'
      ? await chooseFramePrecision(source, workers, options)
      : { precision: wanted, error: 0 });
  const run = { source, options, workers, onFrame };
  const { found, coarse } = await coarseSpectrumOf(run, chosen);
  const { dims } = source;
  const { precision, frameRepeated } = found;
  const { resolved, tolerance } = thresholds(source, precision, coarse.values);
  let spectrum: SymmetricEigen = coarse;
  let rank = countAbove(coarse.values, Math.max(tolerance, resolved));
  const isRefined = precision === 'float64' && rank < dims && resolved > tolerance;
  if (isRefined) {
    spectrum = await refinedSpectrum(run, found, coarse, rank);
    rank = countAbove(spectrum.values, tolerance);
  }
  return {
    dims,
    rank,
    rankInDoubt: isRankInDoubt(
      source.precision,
      source,
      spectrum.values.map((value) => Math.sqrt(Math.max(value, 0))),
      rank,
    ),
    eigenvalues: spectrum.values.slice(0, rank),
    vectors: rank === dims ? spectrum.vectors : spectrum.vectors.slice(0, rank * dims),
    scale: coarse.scale,
    precision,
    frameRepeated,
    error: precision === 'float32' ? chosen.error : 0,
    isRefined,
  };
}

/** The parameters of {@link spectrumOf}. */
interface SpectrumRun {
  readonly source: FeatureSource;
  readonly options: StreamOptions;
  readonly workers: StreamWorkers;
  readonly onFrame: (rows: Float64Array) => void;
}

/** Everything in a state except the sums. */
type Found = Omit<SpectrumState, 'coarseSpectrum' | 'frame'>;

/** Eigenvalues up to `tolerance` count as zero; S resolves those above `resolved`. */
function thresholds(
  source: FeatureSource,
  frame: Precision,
  values: Float64Array,
): { readonly resolved: number; readonly tolerance: number } {
  const data = source.precision;
  const relative = relativeTolerance(data, source);
  const largest = Math.max(values[0], 0);
  const resolution = frame === 'float32' ? FLOAT32_FLOOR : data === 'float32' ? 0 : RESOLVED;
  return {
    resolved: largest * resolution,
    tolerance: Math.max(largest * relative * relative, Number.MIN_VALUE),
  };
}

/** The spectrum of S as summed; if float32 was chosen and turns out too coarse, S is summed again in float64. */
async function coarseSpectrumOf(
  run: SpectrumRun,
  { precision, error }: FramePrecision,
): Promise<{ readonly found: Found; readonly coarse: CoarseSpectrum }> {
  const { dims } = run.source;
  const { begun, precision: wanted = 'auto' } = run.options;
  const found: Found = { dims, precision, error, frameRepeated: begun?.frameRepeated ?? false };
  const coarse = begun?.coarseSpectrum ?? (await sumAndDecompose(run, found));
  if (wanted !== 'auto' || precision !== 'float32' || isPreciseEnough(coarse.values, error)) {
    return { found, coarse };
  }
  const repeated: Found = { ...found, precision: 'float64', frameRepeated: true };
  const again = { ...run, options: { ...run.options, begun: undefined } };
  return { found: repeated, coarse: await sumAndDecompose(again, repeated) };
}

/** Keeps sums together with what was found before. */
function keeperFor(
  found: Found,
  coarseSpectrum: CoarseSpectrum | null,
  { begun, isStateDue = () => false, onState = () => {} }: StreamOptions,
): FrameKeeper {
  const isSameStage =
    begun !== undefined && (begun.coarseSpectrum === null) === (coarseSpectrum === null);
  return {
    isDue: isStateDue,
    keep: (frame) => onState({ ...found, coarseSpectrum, frame }),
    kept: isSameStage ? begun.frame : null,
  };
}

/** Sums S and computes its eigenvectors. */
async function sumAndDecompose(
  { source, options, workers, onFrame }: SpectrumRun,
  found: Found,
): Promise<CoarseSpectrum> {
  const { precision } = found;
  const keeper = keeperFor(found, null, options);
  const pass = { source, chunks: allChunks(source), precision, stage: 'frame', keeper } as const;
  const { rows, scale } = await sumFrame(pass, workers, options);
  const { dims } = source;
  onFrame(rows);
  options.onProgress?.({ stage: 'spectrum', done: 0, total: 1 });
  const { values, vectors } = await workers.ask(
    0,
    'eigen',
    { matrix: rows, dims },
    transferable(rows),
  );
  await endStage(workers);
  options.onProgress?.({ stage: 'spectrum', done: 1, total: 1 });
  return { values, vectors, scale };
}

/** Refines all eigenvalues after the first `resolved` ones, in a second pass. */
async function refinedSpectrum(
  { source, options, workers }: SpectrumRun,
  found: Found,
  coarse: CoarseSpectrum,
  resolved: number,
): Promise<SymmetricEigen> {
  const pass = {
    source,
    chunks: allChunks(source),
    precision: 'float64',
    stage: 'refinement',
    keeper: keeperFor(found, coarse, options),
  } as const;
  const { vectors, values } = coarse;
  const rows = await sumRotatedRows(pass, resolved, coarse, workers, options);
  const strong = values.slice(0, resolved);
  return workers.ask(
    0,
    'refineSpectrum',
    { dims: source.dims, strong, vectors, rows },
    transferable(rows),
  );
}

function countAbove(values: Float64Array, floor: number): number {
  let count = 0;
  while (count < values.length && values[count] > floor) count++;
  return count;
}
