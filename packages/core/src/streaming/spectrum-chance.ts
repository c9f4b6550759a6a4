import { participationRatio } from '../capacity/spectral.ts';
import { summarise } from '../capacity/summary.ts';
import { gamma } from '@polysem/numerics/random';
import { fastStream, fillFastNormal } from '@polysem/numerics/random';
import { generator } from '@polysem/numerics/random';
import { randomSubspaceQuantile, type Chance } from './chance.ts';

/** Options of {@link spectrumChance}. */
export interface SpectrumChanceOptions {
  readonly seed: number;
  /** How many features are drawn; 16,384 where absent. */
  readonly samples?: number | undefined;
}

/**
 * Matrices with the singular values s_k of a given one and features placed at random: W = diag(s) V^T with V uniform among
 * N x r matrices of orthonormal columns, and so exactly the spectrum. What a matrix has beyond it is not in its spectrum.
 *
 * No matrix is drawn. A row of V is the first r coordinates of a uniform unit vector in R^N, z / |z| with z normal, and
 * S = diag(s^2), so that with lambda = s^2 every feature has
 *
 *     C = (sum_k lambda_k z_k^2)^2 / (sum_k lambda_k^2 z_k^2 |z|^2),   |z|^2 = sum_k z_k^2 + chi^2 of N - r degrees,
 *
 * which is drawn directly; C~ = sum_k z_k^2 / |z|^2 ~ Beta(r / 2, (N - r) / 2). The mean of C is about
 * (tr S)^2 / (N tr S^2), which makes the efficiency about the participation ratio over the rank, where no few directions
 * outweigh the others.
 *
 * @param spectrum D and N of the matrix, and its singular values, as many as its rank.
 * @throws RangeError if a size or `samples` is not a positive integer, or there are no singular values, or more than D or N,
 *   or one is not positive and finite.
 */
export function spectrumChance(
  spectrum: {
    readonly dims: number;
    readonly features: number;
    readonly singularValues: Float64Array;
  },
  { seed, samples = 2 ** 14 }: SpectrumChanceOptions,
): Chance {
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
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`spectrumChance: ${field} must be a positive integer, got ${value}`);
  }
  const most = Math.min(sizes.dims, sizes.features);
  if (singularValues.length < 1 || singularValues.length > most) {
    throw new RangeError(
      `spectrumChance: singularValues must be 1 to ${most} numbers, got ${singularValues.length}`,
    );
  }
  for (const s of singularValues) {
    if (!(s > 0 && s < Infinity))
      throw new RangeError(`spectrumChance: singularValues must be positive and finite, got ${s}`);
  }
}
