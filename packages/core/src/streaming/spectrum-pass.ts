import type { FeatureSource, Precision } from '../feature-source.ts';
import type { SymmetricEigen } from '../linalg/symmetric-eigen.ts';
import { freeHands, given, type StreamCrew } from './crew.ts';
import { bearsOut, chooseFramePrecision, type FramePrecision } from './choose-precision.ts';
import { allBlocks, sumFrame, sumRotatedRows } from './frame-pass.ts';
import type { StreamOptions, StreamSpectrum } from './stream-measurement.ts';

/** Thirty-two roundings of float32, as in `leftSingular`. */
const FLOAT32_TOLERANCE = 32 * 2 ** -23;

/** Eigenvalues of S in float64 below this fraction of the largest are looked at a second time, as in `leftSingular`. */
const RESOLVED = 2 ** -26;

/** Below this fraction of the largest, eigenvalues of S in float32 may be rounding alone. */
const FLOAT32_FLOOR = 2 ** -22;

/**
 * S of a source, and its eigenvectors, with the tolerance of `leftSingular`: singular values of at most 32 * 2^-23 of the
 * largest count as zero for float32 data, of max(N, D) 2^-52 for float64 data.
 *
 * S in float64 shows all that are above the tolerance of float32 data. Of float64 data those below 2^-13 of the largest are
 * taken from a second look, in the eigenvectors of the first (`secondLook`); and S in float32, where it is asked for,
 * shows none below 2^-11 of the largest.
 */
export async function spectrumOf(
  source: FeatureSource,
  options: StreamOptions,
  crew: StreamCrew,
): Promise<StreamSpectrum> {
  const wanted = options.precision ?? 'auto';
  const chosen: FramePrecision =
    wanted === 'auto'
      ? await chooseFramePrecision(source, crew, options)
      : { precision: wanted, error: 0 };
  let { precision } = chosen;
  let look = await lookAt(source, precision, options, crew);
  const frameRepeated =
    wanted === 'auto' && precision === 'float32' && !bearsOut(look.values, chosen.error);
  if (frameRepeated) {
    precision = 'float64';
    look = await lookAt(source, precision, options, crew);
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
  if (precision === 'float64' && shown < dims && largest * resolved > tolerance) {
    found = await lookAgain(source, look, shown, options, crew);
    rank = countAbove(found.values, tolerance);
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
  };
}

async function lookAt(
  source: FeatureSource,
  precision: Precision,
  options: StreamOptions,
  crew: StreamCrew,
): Promise<SymmetricEigen & { readonly scale: number }> {
  const pass = { source, blocks: allBlocks(source), precision, stage: 'frame' } as const;
  const { rows, scale } = await sumFrame(pass, crew, options);
  const { dims } = source;
  options.onProgress?.({ stage: 'spectrum', done: 0, total: 1 });
  const { values, vectors } = await crew.ask(0, 'eigen', { matrix: rows, dims }, given(rows));
  await freeHands(crew, dims);
  options.onProgress?.({ stage: 'spectrum', done: 1, total: 1 });
  return { values, vectors, scale };
}

async function lookAgain(
  source: FeatureSource,
  first: SymmetricEigen & { readonly scale: number },
  shown: number,
  options: StreamOptions,
  crew: StreamCrew,
): Promise<SymmetricEigen> {
  const pass = {
    source,
    blocks: allBlocks(source),
    precision: 'float64',
    stage: 'second look',
  } as const;
  const { vectors, values, scale } = first;
  const rows = await sumRotatedRows(pass, shown, vectors, scale, crew, options);
  const strong = values.slice(0, shown);
  return crew.ask(0, 'secondLook', { dims: source.dims, strong, vectors, rows }, given(rows));
}

function countAbove(values: Float64Array, floor: number): number {
  let count = 0;
  while (count < values.length && values[count] > floor) count++;
  return count;
}
