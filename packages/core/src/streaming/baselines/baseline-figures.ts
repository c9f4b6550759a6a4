import { gaussianBaseline } from '../../capacity/gaussian-baseline.ts';
import type { CapacityMeasurement } from '../../capacity/measure.ts';
import { participationRatio } from '../../capacity/spectral.ts';
import { efficiency, summarise } from '../../capacity/summary.ts';
import { betaQuantile, power } from '@polysem/numerics/elementary';
import { normalQuantile } from '@polysem/numerics/elementary';

/** Figures of a whole matrix to compare with a baseline. All are averages, so that they are comparable between sizes. */
export interface MatrixFigures {
  /** sum C / rank. */
  readonly efficiency: number;
  readonly meanCapacity: number;
  readonly medianCapacity: number;
  /** rank / N for any matrix. */
  readonly meanLeverage: number;
  readonly medianLeverage: number;
  /** Participation ratio of the spectrum over the rank; 1 if all directions have equal weight. */
  readonly spectrumEvenness: number;
}

/** Figures of a baseline: random matrices of some size. */
export interface BaselineFigures {
  readonly name: string;
  /** Origin of the figures: a formula or a simulated matrix. */
  readonly how: 'closed form' | 'simulated';
  /** Size of the matrices; a simulated one may be smaller, with the same N / D. */
  readonly dims: number;
  readonly features: number;
  /** Null for a figure without a closed form. */
  readonly figures: { readonly [F in keyof MatrixFigures]: number | null };
  /** Quantile of a feature's capacity at a probability in (0, 1); null if simulated. */
  readonly capacityQuantile: ((probability: number) => number) | null;
  /** Quantile of a feature's leverage; null without a closed form. */
  readonly leverageQuantile: ((probability: number) => number) | null;
}

/** The figures of a measured matrix. */
function matrixFigures(measurement: CapacityMeasurement): MatrixFigures {
  const capacity = summarise(measurement.capacity);
  const leverage = summarise(measurement.leverage);
  const { rank, singularValues } = measurement;
  return {
    efficiency: efficiency(measurement),
    meanCapacity: capacity.mean,
    medianCapacity: capacity.median,
    meanLeverage: leverage.mean,
    medianLeverage: leverage.median,
    spectrumEvenness: rank === 0 ? 0 : participationRatio(singularValues) / rank,
  };
}

/**
 * Figures of matrices with independent Gaussian entries: C ~ Beta(D / 2, (N - 1) / 2) (see `gaussianBaseline`). The row space
 * is a uniformly random subspace of R^N, so C~ = |P e_i|^2 ~ Beta(D / 2, (N - D) / 2), and 1 if N <= D. Eigenvalues follow
 * Marchenko and Pastur, with mean square 1 + (D + 1) / N exactly, so the evenness is about N / (N + D + 1) for N >= D.
 *
 * @param dims D.
 * @param features N.
 * @returns the figures, in closed form.
 * @throws RangeError if a size is not a positive integer.
 * @example
 * ```js
 * import { gaussianBaselineFigures } from 'polysem/streaming';
 * gaussianBaselineFigures(8, 16).figures.meanLeverage; // 0.5
 * ```
 */
export function gaussianBaselineFigures(dims: number, features: number): BaselineFigures {
  const { mean, efficiency: whole, meanLeverage } = gaussianBaseline(dims, features);
  const capacityQuantile = (p: number): number =>
    features === 1 ? 1 : betaQuantile(p, dims / 2, (features - 1) / 2);
  const leverageQuantile = randomSubspaceQuantile(Math.min(dims, features), features);
  return {
    name: 'random Gaussian',
    how: 'closed form',
    dims,
    features,
    figures: {
      efficiency: whole,
      meanCapacity: mean,
      medianCapacity: capacityQuantile(0.5),
      meanLeverage,
      medianLeverage: leverageQuantile(0.5),
      spectrumEvenness: features < dims ? null : features / (features + dims + 1),
    },
    capacityQuantile,
    leverageQuantile,
  };
}

/**
 * Figures of matrices of random unit vectors. Given one vector, its squared cosines with the others are independent
 * Beta(1 / 2, (D - 1) / 2), and 1 / C = 1 + B with their sum B, of mean (N - 1) / D and variance
 * 2 (N - 1) (D - 1) / (D^2 (D + 2)). The mean of C is expanded to fourth order in B - E B, with relative error O(1 / N^3). Its
 * quantiles follow Cornish and Fisher with the skewness and the kurtosis of B, with relative error O(1 / N^2). The efficiency for
 * N >= D is the mean times N / D. The trace of S and of S^2 are known, which gives the evenness N / (N - 1 + D):
 * (sum lambda)^2 / E sum lambda^2 over D.
 *
 * @param dims D.
 * @param features N.
 * @returns the figures, in closed form.
 * @throws RangeError if a size is not a positive integer.
 * @example
 * ```js
 * import { unitVectorBaselineFigures } from 'polysem/streaming';
 * unitVectorBaselineFigures(1, 5).figures.meanCapacity; // 0.2
 * ```
 */
export function unitVectorBaselineFigures(dims: number, features: number): BaselineFigures {
  const { meanLeverage } = gaussianBaseline(dims, features);
  const rank = Math.min(dims, features);
  const others = features - 1;
  const mu = 1 + others / dims;
  const { variance, skew, excess } = squaredCosines(dims, others);
  const third = skew * variance * Math.sqrt(variance);
  // The fourth central moment of a sum of N - 1 terms is 3 variance^2, up to one order of 1 / N more.
  const spread = variance / mu ** 2;
  const mean = (1 + spread - third / power(mu, 3) + 3 * spread ** 2) / mu;
  // Capacities are 1 / N where all vectors are on one line, and 1 where the others are orthogonal to it.
  const least = 1 / features;
  const capacityQuantile = (p: number): number => {
    if (variance === 0) return 1 / mu;
    if (p === 0 || p === 1) return p === 0 ? least : 1;
    const z = -normalQuantile(p);
    const deviations =
      z +
      (skew * (z * z - 1)) / 6 +
      (excess * z * (z * z - 3)) / 24 -
      (skew * skew * z * (2 * z * z - 5)) / 36;
    return Math.max(least, 1 / Math.max(1, mu + Math.sqrt(variance) * deviations));
  };
  return {
    name: 'random unit vectors',
    how: 'closed form',
    dims,
    features,
    figures: {
      efficiency: (features * mean) / rank,
      meanCapacity: mean,
      medianCapacity: capacityQuantile(0.5),
      meanLeverage,
      medianLeverage: null,
      spectrumEvenness: features < dims ? null : features / (others + dims),
    },
    capacityQuantile,
    leverageQuantile: null,
  };
}

/** Variance, skewness and excess kurtosis of a sum of `count` independent squared cosines, Beta(1 / 2, (D - 1) / 2). */
function squaredCosines(
  dims: number,
  count: number,
): { readonly variance: number; readonly skew: number; readonly excess: number } {
  if (dims === 1 || count === 0) return { variance: 0, skew: 0, excess: 0 };
  const a = 1 / 2;
  const b = (dims - 1) / 2;
  const sum = a + b;
  const skew = (2 * (b - a) * Math.sqrt(sum + 1)) / ((sum + 2) * Math.sqrt(a * b));
  const excess =
    (6 * ((b - a) ** 2 * (sum + 1) - a * b * (sum + 2))) / (a * b * (sum + 2) * (sum + 3));
  return {
    variance: (2 * count * (dims - 1)) / (dims * dims * (dims + 2)),
    skew: skew / Math.sqrt(count),
    excess: excess / count,
  };
}

/**
 * Quantiles of |P e_i|^2 ~ Beta(r / 2, (N - r) / 2), where P projects on a uniformly random r-dimensional subspace of R^N:
 * the leverage of a feature when the row space has no preferred position.
 */
export function randomSubspaceQuantile(
  rank: number,
  features: number,
): (probability: number) => number {
  return (p) => (rank >= features ? 1 : betaQuantile(p, rank / 2, (features - rank) / 2));
}

/**
 * Figures of a baseline from the measurement of a random matrix.
 *
 * @param name name of the baseline.
 * @param measurement measurement of one random matrix.
 * @returns the figures of that matrix.
 * @example
 * ```js
 * import { measureCapacity } from 'polysem/capacity';
 * import { embedding } from 'polysem/embedding';
 * import { simulatedBaselineFigures } from 'polysem/streaming';
 * const measured = measureCapacity(embedding(1, 2, Float64Array.of(1, 1)));
 * simulatedBaselineFigures('equal', measured).figures.meanLeverage; // 0.5
 * ```
 */
export function simulatedBaselineFigures(
  name: string,
  measurement: CapacityMeasurement,
): BaselineFigures {
  const { dims, features } = measurement;
  return {
    name,
    how: 'simulated',
    dims,
    features,
    figures: matrixFigures(measurement),
    capacityQuantile: null,
    leverageQuantile: null,
  };
}

/**
 * A smaller size with the same N / D, for a simulation of at most `multiplyAdds` multiply-adds (N D^2, twice). Averages over
 * features depend on N / D up to O(1 / D).
 *
 * @param dims D.
 * @param features N.
 * @param multiplyAdds bound on the cost of a simulation.
 * @returns the smaller size.
 * @example
 * ```js
 * import { similarSize } from 'polysem/streaming';
 * similarSize(10, 20, 1e9); // { dims: 10, features: 20 }
 * ```
 */
export function similarSize(
  dims: number,
  features: number,
  multiplyAdds: number,
): { readonly dims: number; readonly features: number } {
  const factor = Math.cbrt(Math.min(1, multiplyAdds / (2 * features * dims * dims)));
  const fewer = Math.max(1, Math.round(dims * factor));
  return { dims: fewer, features: Math.max(1, Math.round((features * fewer) / dims)) };
}
