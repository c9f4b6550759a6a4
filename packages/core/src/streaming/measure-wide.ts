import type { FeatureSource } from '../embedding/feature-source.ts';
import type { StreamWorkers } from './workers.ts';
import { spectrumOf, type FoundSpectrum } from './spectrum-pass.ts';
import type { StreamMeasurement, StreamOptions } from './stream-measurement.ts';
import { transposed } from './transposed.ts';

/** Of an eigenvector or a sum of products: some roundings. */
const ROUNDING = 4 * Number.EPSILON;

/** Products of the features, summed. */
interface GramSums {
  /** |w_i|^2, for vectors times the scale of the spectrum. */
  readonly norm: Float64Array;
  /** sum_j (w_i . w_j)^2. */
  readonly squares: Float64Array;
}

/**
 * Measures fewer features than dimensions from their Gram matrix G = W^T W, N x N, which is the frame operator of the rows
 * of W: the same sums, by the same workers, in float64. C is G's own, n^2 / sum_j G_ij^2; and G = V^T Lambda V has the
 * coordinates t_k = sqrt(lambda_k) V_ki, so that C~ = sum_k V_ki^2. No second reading, and N^2 numbers beside the panel of
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
      // Sums of products are of the first look alone: it is gone back to from the second.
      ...(onState && { onState: (state) => state.firstLook === null && onState(state) }),
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

function figuresOf(
  { dims, features, precision: data }: FeatureSource,
  { rank, eigenvalues, vectors, scale, looks }: FoundSpectrum,
  { norm, squares }: GramSums,
): Omit<StreamMeasurement, 'treatment'> {
  const figure = (): Float64Array => new Float64Array(features);
  const [resolved, lever, frame, fourth] = [figure(), figure(), figure(), figure()];
  for (let k = 0; k < rank; k++) {
    const lambda = eigenvalues[k];
    for (let i = 0; i < features; i++) {
      const share = vectors[k * features + i] ** 2;
      const t2 = lambda * share;
      lever[i] += share;
      resolved[i] += t2;
      frame[i] += lambda * t2;
      fourth[i] += t2 * t2;
    }
  }
  const result = {
    squaredNorm: norm.map((n) => n / scale / scale),
    capacity: figure(),
    leverage: figure(),
    interference: figure(),
    participation: figure(),
  };
  const trace = norm.reduce((sum, n) => sum + n, 0);
  // What directions outside of the span have of the weakest inside; none is outside where the rank is full.
  const ratio = rank === 0 ? 0 : eigenvalues[0] / eigenvalues[rank - 1];
  const leak = rank === features ? 1 : looks === 2 ? Math.sqrt(ratio) : ratio;
  const errors = { capacity: widest(), leverage: widest() };
  let unresolved = 0;
  for (let i = 0; i < features; i++) {
    const isOutside = resolved[i] < norm[i] / 2;
    if (norm[i] > 0 && isOutside) unresolved++;
    // Vectors too short for the span have what of them lies in it.
    const n = isOutside ? resolved[i] : norm[i];
    const sum = isOutside ? frame[i] : squares[i];
    if (sum === 0 || fourth[i] === 0) continue;
    // Independent features can all be read off: to the last bit.
    result.leverage[i] = rank === features ? 1 : Math.min(1, lever[i]);
    result.capacity[i] = Math.min(result.leverage[i], (n / sum) * n);
    result.interference[i] = Math.max(0, sum / n - n) / scale / scale;
    result.participation[i] = (resolved[i] / fourth[i]) * resolved[i];
    if (isOutside) continue;
    // Each product is wrong by sqrt(D) roundings of |w_i| |w_j|.
    widen(errors.capacity, ROUNDING * Math.sqrt((dims * norm[i] * trace) / sum));
    widen(errors.leverage, (ROUNDING * leak) / Math.sqrt(lever[i]));
  }
  const estimate = ({ squares: total, largest, count }: ReturnType<typeof widest>) => ({
    typical: count === 0 ? 0 : Math.sqrt(total / count),
    largest,
  });
  return {
    dims,
    features,
    rank,
    singularValues: eigenvalues.map((lambda) => Math.sqrt(lambda) / scale),
    ...result,
    unresolved,
    precision: {
      data,
      frame: 'float64',
      features: 'float64',
      inFloat64: features,
      frameRepeated: false,
    },
    relativeError: {
      capacity: estimate(errors.capacity),
      leverage: estimate(errors.leverage),
    },
  };
}

function widest(): { squares: number; largest: number; count: number } {
  return { squares: 0, largest: 0, count: 0 };
}

function widen(errors: ReturnType<typeof widest>, value: number): void {
  errors.squares += value * value;
  errors.largest = Math.max(errors.largest, value);
  errors.count++;
}
