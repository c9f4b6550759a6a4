import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import type { SymmetricEigen } from '@polysem/numerics/linalg';
import { freeWorkers, transferable, type StreamWorkers } from './workers.ts';
import { bearsOut, chooseFramePrecision, type FramePrecision } from './choose-precision.ts';
import type { FirstLook, FrameKeeper, SpectrumState } from './frame-state.ts';
import { allBlocks, sumFrame, sumRotatedRows } from './frame-pass.ts';
import type { StreamOptions, StreamSpectrum } from './stream-measurement.ts';

/** Thirty-two roundings of float32, as in `leftSingular`. */
const FLOAT32_TOLERANCE = 32 * 2 ** -23;

/** Eigenvalues of S in float64 below this fraction of the largest are looked at a second time, as in `leftSingular`. */
const RESOLVED = 2 ** -26;

/** Below this fraction of the largest, eigenvalues of S in float32 may be rounding alone. */
const FLOAT32_FLOOR = 2 ** -22;

/** The spectrum, and how often the source was looked at for it. */
export interface FoundSpectrum extends StreamSpectrum {
  readonly looks: 1 | 2;
}

/**
 * S of a source, and its eigenvectors, with the tolerance of `leftSingular`: singular values of at most 32 * 2^-23 of the
 * largest count as zero for float32 data, of max(N, D) 2^-52 for float64 data.
 *
 * S in float64 shows all that are above the tolerance of float32 data. Of float64 data those below 2^-13 of the largest are
 * taken from a second look, in the eigenvectors of the first (`secondLook`); and S in float32, where it is asked for,
 * shows none below 2^-11 of the largest.
 *
 * @param onFrame sees the lower triangle of S, before its eigenvectors are looked for; vectors are times a power of two.
 */
export async function spectrumOf(
  source: FeatureSource,
  options: StreamOptions,
  workers: StreamWorkers,
  onFrame: (rows: Float64Array) => void = () => {},
): Promise<FoundSpectrum> {
  const wanted = options.precision ?? 'auto';
  const { begun } = options;
  const chosen: FramePrecision =
    begun ??
    (wanted === 'auto'
      ? await chooseFramePrecision(source, workers, options)
      : { precision: wanted, error: 0 });
  const state = (precision: Precision, frameRepeated: boolean) => ({
    dims: source.dims,
    precision,
    error: chosen.error,
    frameRepeated,
  });
  let { precision } = chosen;
  let frameRepeated = begun?.frameRepeated ?? false;
  let look =
    begun?.firstLook ??
    (await lookAt(source, state(precision, frameRepeated), options, workers, onFrame));
  if (wanted === 'auto' && precision === 'float32' && !bearsOut(look.values, chosen.error)) {
    precision = 'float64';
    frameRepeated = true;
    look = await lookAt(
      source,
      state(precision, frameRepeated),
      { ...options, begun: undefined },
      workers,
      onFrame,
    );
  }
  const { scale } = look;
  const { dims, features } = source;
  const relative =
    source.precision === 'float32' ? FLOAT32_TOLERANCE : Math.max(features, dims) * Number.EPSILON;
  const largest = Math.max(look.values[0], 0);
  const tolerance = Math.max(largest * relative * relative, Number.MIN_VALUE);
  const resolved =
    precision === 'float32' ? FLOAT32_FLOOR : source.precision === 'float32' ? 0 : RESOLVED;
  const shown = countAbove(look.values, Math.max(tolerance, largest * resolved));
  let found: SymmetricEigen = look;
  let rank = shown;
  let looks: 1 | 2 = 1;
  if (precision === 'float64' && shown < dims && largest * resolved > tolerance) {
    found = await lookAgain(source, state(precision, frameRepeated), look, shown, options, workers);
    rank = countAbove(found.values, tolerance);
    looks = 2;
  }
  return {
    dims,
    rank,
    eigenvalues: found.values.slice(0, rank),
    vectors: rank === dims ? found.vectors : found.vectors.slice(0, rank * dims),
    scale,
    precision,
    frameRepeated,
    error: precision === 'float32' ? chosen.error : 0,
    looks,
  };
}

/** What is found beside the sums. */
type Found = Omit<SpectrumState, 'firstLook' | 'frame'>;

/** Keeps the sums of a look together with what was found before. */
function keeperFor(
  found: Found,
  firstLook: FirstLook | null,
  { begun, isStateDue = () => false, onState = () => {} }: StreamOptions,
): FrameKeeper {
  const isSameLook = begun !== undefined && (begun.firstLook === null) === (firstLook === null);
  return {
    isDue: isStateDue,
    keep: (frame) => onState({ ...found, firstLook, frame }),
    kept: isSameLook ? begun.frame : null,
  };
}

async function lookAt(
  source: FeatureSource,
  found: Found,
  options: StreamOptions,
  workers: StreamWorkers,
  onFrame: (rows: Float64Array) => void,
): Promise<FirstLook> {
  const { precision } = found;
  const keeper = keeperFor(found, null, options);
  const pass = { source, blocks: allBlocks(source), precision, stage: 'frame', keeper } as const;
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
  await freeWorkers(workers, dims);
  options.onProgress?.({ stage: 'spectrum', done: 1, total: 1 });
  return { values, vectors, scale };
}

async function lookAgain(
  source: FeatureSource,
  found: Found,
  first: FirstLook,
  shown: number,
  options: StreamOptions,
  workers: StreamWorkers,
): Promise<SymmetricEigen> {
  const pass = {
    source,
    blocks: allBlocks(source),
    precision: 'float64',
    stage: 'second look',
    keeper: keeperFor(found, first, options),
  } as const;
  const { vectors, values, scale } = first;
  const rows = await sumRotatedRows(pass, shown, vectors, scale, workers, options);
  const strong = values.slice(0, shown);
  return workers.ask(
    0,
    'secondLook',
    { dims: source.dims, strong, vectors, rows },
    transferable(rows),
  );
}

function countAbove(values: Float64Array, floor: number): number {
  let count = 0;
  while (count < values.length && values[count] > floor) count++;
  return count;
}
