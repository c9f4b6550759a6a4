import { positive, positiveInteger } from '@polysem/numerics/checks';
import { participationRatio } from '../../capacity/spectral.ts';
import { summarise } from '../../capacity/summary.ts';
import { gamma } from '@polysem/numerics/random';
import { fastStream, fillFastNormal } from '@polysem/numerics/random';
import { generator } from '@polysem/numerics/random';
import { randomSubspaceQuantile, type BaselineFigures } from './baseline-figures.ts';

/** Options of {@link spectrumBaselineFigures}. */
export interface SpectrumBaselineOptions {
  readonly seed: number;
  /** Number of sampled features; default 16,384. */
  readonly samples?: number | undefined;
}

/**
 * Figures of matrices with the singular values s_k of a given one and randomly placed features: W = diag(s) V^T, with V
 * uniform among N x r matrices with orthonormal columns. A difference between a matrix and this baseline is not due to
 * its spectrum.
 *
 * No matrix is sampled. A row of V is the first r coordinates of a uniform unit vector in R^N, z / |z| with z normal, and
 * S = diag(s^2). With lambda = s^2, every feature has
 *
 *     C = (sum_k lambda_k z_k^2)^2 / (sum_k lambda_k^2 z_k^2 |z|^2),   |z|^2 = sum_k z_k^2 + chi^2 with N - r degrees,
 *
 * which is sampled directly; C~ = sum_k z_k^2 / |z|^2 ~ Beta(r / 2, (N - r) / 2). If no few directions dominate, the mean of C
 * is about (tr S)^2 / (N tr S^2), so the efficiency is about the participation ratio over the rank.
 *
 * @param spectrum D and N of the matrix, and its singular values, as many as its rank.
 * @param options seed and number of sampled features.
 * @returns the figures.
 * @throws RangeError if a size or `samples` is not a positive integer, if there are no singular values or more than D or N, or
 *   if one is not positive and finite.
 * @example
 * ```js
 * import { spectrumBaselineFigures } from 'polysem/streaming';
 * const spectrum = { dims: 2, features: 4, singularValues: Float64Array.of(1, 1) };
 * spectrumBaselineFigures(spectrum, { seed: 1 }).figures.spectrumEvenness; // 1
 * ```
 */
export function spectrumBaselineFigures(
  spectrum: {
    readonly dims: number;
    readonly features: number;
    readonly singularValues: Float64Array;
  },
  { seed, samples = 2 ** 14 }: SpectrumBaselineOptions,
): BaselineFigures {
  const { dims, features, singularValues } = spectrum;
  check({ dims, features, samples }, singularValues);
  const rank = singularValues.length;
  const largest = singularValues.reduce((most, s) => Math.max(most, s), 0);
  const lambda = singularValues.map((s) => (s / largest) ** 2);
  const root = generator(seed);
  const z = new Float64Array(rank);
  const capacity = new Float64Array(samples);
  for (let draw = 0; draw < samples; draw++) {
    fillFastNormal(fastStream(root, draw), z, 0, rank);
    let norm = 0;
    let seen = 0;
    let length = rank === features ? 0 : 2 * gamma(root, (features - rank) / 2);
    for (let k = 0; k < rank; k++) {
      const square = z[k] * z[k];
      length += square;
      norm += lambda[k] * square;
      seen += lambda[k] * lambda[k] * square;
    }
    capacity[draw] = (norm * (norm / seen)) / length;
  }
  capacity.sort();
  const { mean, median } = summarise(capacity);
  const leverageQuantile = randomSubspaceQuantile(rank, features);
  return {
    name: 'own spectrum',
    how: 'simulated',
    dims,
    features,
    figures: {
      efficiency: (features * mean) / rank,
      meanCapacity: mean,
      medianCapacity: median,
      meanLeverage: rank / features,
      medianLeverage: leverageQuantile(0.5),
      spectrumEvenness: participationRatio(singularValues) / rank,
    },
    capacityQuantile: (p) => capacity[Math.min(samples - 1, Math.floor(p * samples))],
    leverageQuantile,
  };
}

function check(sizes: Readonly<Record<string, number>>, singularValues: Float64Array): void {
  for (const [field, value] of Object.entries(sizes)) {
    positiveInteger(field, value);
  }
  const most = Math.min(sizes.dims, sizes.features);
  if (singularValues.length < 1 || singularValues.length > most) {
    throw new RangeError(
      `spectrumBaselineFigures: singularValues must be 1 to ${most} numbers, got ${singularValues.length}`,
    );
  }
  for (const s of singularValues) {
    positive('singularValues', s);
  }
}
