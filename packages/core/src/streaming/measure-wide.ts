import type { FeatureSource } from '../embedding/feature-source.ts';
import type { StreamWorkers } from './workers.ts';
import { spectrumOf, type FoundSpectrum } from './spectrum-pass.ts';
import { addError, noErrors, type ErrorSums } from './feature-figures.ts';
import {
  inFloat64,
  type ErrorEstimate,
  type StreamMeasurement,
  type StreamOptions,
} from './stream-measurement.ts';
import { transposed } from './transposed.ts';

/** A few roundings: the error of an eigenvector or a sum of products. */
const ROUNDING = 4 * Number.EPSILON;

/** Sums over products of the features. */
interface GramSums {
  /** |w_i|^2, for vectors times the scale of the spectrum. */
  readonly norm: Float64Array;
  /** sum_j (w_i . w_j)^2. */
  readonly squares: Float64Array;
}

/**
 * Measures fewer features than dimensions from their Gram matrix G = W^T W, N x N, which is the frame operator of the rows of
 * W: the same sums in float64, by the same workers. C_i = n_i^2 / sum_j G_ij^2, and with G = V^T Lambda V the coordinates are
 * t_k = sqrt(lambda_k) V_ki, so that C~_i = sum_k V_ki^2. No second pass; memory for N^2 numbers and the panel of
 * `transposed`.
 */
export async function measureWide(
  source: FeatureSource,
  { begun, isStateDue, onState, onProgress, signal }: StreamOptions,
  workers: StreamWorkers,
): Promise<Omit<StreamMeasurement, 'treatment'>> {
  const found: { sums?: GramSums } = {};
  const spectrum = await spectrumOf(
    transposed(source, { signal }),
    {
      begun,
      isStateDue,
      onProgress,
      signal,
      precision: 'float64',
      // The sums come from the Gram matrix itself, so a refinement cannot be resumed without it.
      ...(onState && { onState: (state) => state.coarseSpectrum === null && onState(state) }),
    },
    workers,
    (gram) => {
      found.sums = gramSums(gram, source.features);
    },
  );
  return figuresOf(source, spectrum, found.sums as GramSums);
}

/** Sums over the lower triangle of G. */
function gramSums(gram: Float64Array, n: number): GramSums {
  const norm = new Float64Array(n);
  const squares = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const square = gram[i * n + j] ** 2;
      squares[i] += square;
      squares[j] += square;
    }
    norm[i] = gram[i * n + i];
    squares[i] += norm[i] ** 2;
  }
  return { norm, squares };
}

/** Sums over the eigenvectors of G, with t_k the coordinates of feature i. */
interface CoordinateSums {
  /** sum_k t_k^2. */
  readonly resolved: Float64Array;
  /** sum_k t_k^2 / lambda_k. */
  readonly leverage: Float64Array;
  /** sum_k lambda_k t_k^2. */
  readonly frame: Float64Array;
  /** sum_k t_k^4. */
  readonly fourth: Float64Array;
}

function coordinateSums(
  { rank, eigenvalues, vectors }: FoundSpectrum,
  features: number,
): CoordinateSums {
  const list = (): Float64Array => new Float64Array(features);
  const sums = { resolved: list(), leverage: list(), frame: list(), fourth: list() };
  for (let k = 0; k < rank; k++) {
    const lambda = eigenvalues[k];
    for (let i = 0; i < features; i++) {
      const share = vectors[k * features + i] ** 2;
      const t2 = lambda * share;
      sums.leverage[i] += share;
      sums.resolved[i] += t2;
      sums.frame[i] += lambda * t2;
      sums.fourth[i] += t2 * t2;
    }
  }
  return sums;
}

function figuresOf(
  { dims, features, precision: data }: FeatureSource,
  spectrum: FoundSpectrum,
  { norm, squares }: GramSums,
): Omit<StreamMeasurement, 'treatment'> {
  const { rank, eigenvalues, scale, isRefined } = spectrum;
  const { resolved, leverage, frame, fourth } = coordinateSums(spectrum, features);
  const figure = (): Float64Array => new Float64Array(features);
  const result = {
    squaredNorm: norm.map((n) => n / scale / scale),
    capacity: figure(),
    leverage: figure(),
    interference: figure(),
    participation: figure(),
  };
  const trace = norm.reduce((sum, n) => sum + n, 0);
  // Leakage from directions outside the span, relative to the weakest inside. At full rank there are none outside.
  const ratio = rank === 0 ? 0 : eigenvalues[0] / eigenvalues[rank - 1];
  const leak = rank === features ? 1 : isRefined ? Math.sqrt(ratio) : ratio;
  const errors = { capacity: noErrors(), leverage: noErrors() };
  let measured = 0;
  let unresolved = 0;
  for (let i = 0; i < features; i++) {
    const isOutside = resolved[i] < norm[i] / 2;
    if (norm[i] > 0 && isOutside) unresolved++;
    // Vectors too short for the span are measured by their part inside it.
    const n = isOutside ? resolved[i] : norm[i];
    const sum = isOutside ? frame[i] : squares[i];
    if (sum === 0 || fourth[i] === 0) continue;
    // Independent features have leverage 1 exactly.
    result.leverage[i] = rank === features ? 1 : Math.min(1, leverage[i]);
    result.capacity[i] = Math.min(result.leverage[i], (n / sum) * n);
    result.interference[i] = Math.max(0, sum / n - n) / scale / scale;
    result.participation[i] = (resolved[i] / fourth[i]) * resolved[i];
    if (isOutside) continue;
    measured++;
    // Each product has an error of sqrt(D) roundings of |w_i| |w_j|.
    addError(errors.capacity, ROUNDING * Math.sqrt((dims * norm[i] * trace) / sum));
    addError(errors.leverage, (ROUNDING * leak) / Math.sqrt(leverage[i]));
  }
  const estimate = ({ squares: total, largest }: ErrorSums): ErrorEstimate => ({
    typical: measured === 0 ? 0 : Math.sqrt(total / measured),
    largest,
  });
  return {
    dims,
    features,
    rank,
    rankInDoubt: spectrum.rankInDoubt,
    singularValues: eigenvalues.map((lambda) => Math.sqrt(lambda) / scale),
    ...result,
    unresolved,
    precision: inFloat64(data, features),
    relativeError: { capacity: estimate(errors.capacity), leverage: estimate(errors.leverage) },
  };
}
