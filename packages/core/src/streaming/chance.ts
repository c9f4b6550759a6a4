import { gaussianBaseline } from '../capacity/gaussian-baseline.ts';
import type { CapacityMeasurement } from '../capacity/measure.ts';
import { participationRatio } from '../capacity/spectral.ts';
import { efficiency, summarise } from '../capacity/summary.ts';
import { betaQuantile } from '@polysem/numerics/elementary';
import { normalQuantile } from '@polysem/numerics/elementary';

/** Figures that stand for a whole matrix and are held against chance; all are averages, comparable between sizes. */
export interface MatrixFigures {
  /** sum C / rank. */
  readonly efficiency: number;
  readonly meanCapacity: number;
  readonly medianCapacity: number;
  /** rank / N, whatever the matrix. */
  readonly meanLeverage: number;
  readonly medianLeverage: number;
  /** Participation ratio of the spectrum over the rank: 1 where all directions carry as much. */
  readonly spectrumEvenness: number;
}

/** What chance makes of a shape. */
export interface Chance {
  readonly name: string;
  /** From a formula, or from a matrix that was measured. */
  readonly how: 'closed form' | 'simulated';
  /** Of which shape: a simulated one may be smaller, of the same N / D. */
  readonly dims: number;
  readonly features: number;
  /** Null for a figure that has no closed form. */
  readonly figures: { readonly [F in keyof MatrixFigures]: number | null };
  /** Quantiles of a feature's capacity at a probability in (0, 1); null where it was simulated. */
  readonly capacityQuantile: ((probability: number) => number) | null;
  /** Those of its leverage; null where they have no closed form. */
  readonly leverageQuantile: ((probability: number) => number) | null;
}

/** A figure beside what chance makes of it. */
export interface ChanceComparison {
  readonly figure: keyof MatrixFigures;
  readonly measured: number;
  readonly chance: number;
  /** measured / chance: above 1 for an efficiency better than chance. */
  readonly ratio: number;
}

/** The figures of a measured matrix. */
export function matrixFigures(measurement: CapacityMeasurement): MatrixFigures {
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
 * Random Gaussian entries: C ~ Beta(D / 2, (N - 1) / 2) (see `gaussianBaseline`). The row space is a uniformly random
 * subspace of R^N, so that C~ = |P e_i|^2 ~ Beta(D / 2, (N - D) / 2); 1 where N <= D. The eigenvalues are Marchenko and
 * Pastur's, of mean square 1 + (D + 1) / N exactly, which makes the evenness about N / (N + D + 1) for N >= D.
 *
 * @throws RangeError if a size is not a positive integer.
 */
export function gaussianChance(dims: number, features: number): Chance {
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
 * Random unit vectors: given one, its squared cosines with the others are independent Beta(1 / 2, (D - 1) / 2), and
 * 1 / C = 1 + B with B their sum, of mean (N - 1) / D and variance 2 (N - 1) (D - 1) / (D^2 (D + 2)). The mean of C is taken to
 * the second order in B - E B, its quantiles from Cornish and Fisher's with the skewness of B; both are right to O(1 / N^2)
 * relatively. The efficiency of N >= D vectors is the mean times N / D. Of S only the trace and that of its square are
 * known: evenness N / (N - 1 + D), 1 / D of (sum lambda)^2 / E sum lambda^2.
 *
 * @throws RangeError if a size is not a positive integer.
 */
export function unitVectorChance(dims: number, features: number): Chance {
  const { meanLeverage } = gaussianBaseline(dims, features);
  const rank = Math.min(dims, features);
  const others = features - 1;
  const mu = 1 + others / dims;
  const variance = (2 * others * (dims - 1)) / (dims * dims * (dims + 2));
  // Beta(1/2, (D - 1)/2) has skewness 2 (b - a) sqrt(a + b + 1) / ((a + b + 2) sqrt(a b)).
  const a = 1 / 2;
  const b = (dims - 1) / 2;
  const skew =
    dims === 1 || others === 0
      ? 0
      : (2 * (b - a) * Math.sqrt(a + b + 1)) / ((a + b + 2) * Math.sqrt(a * b)) / Math.sqrt(others);
  const third = skew * variance ** 1.5;
  const mean = (1 + variance / mu ** 2 - third / mu ** 3) / mu;
  const capacityQuantile = (p: number): number => {
    const z = normalQuantile(1 - p);
    return Math.min(1, 1 / Math.max(1, mu + Math.sqrt(variance) * (z + (skew * (z * z - 1)) / 6)));
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

/**
 * Quantiles of |P e_i|^2 ~ Beta(r / 2, (N - r) / 2) with P the projection onto a uniformly random subspace of R^N of r
 * dimensions: of the leverage of a feature whose row space has no place of its own.
 */
export function randomSubspaceQuantile(
  rank: number,
  features: number,
): (probability: number) => number {
  return (p) => (rank >= features ? 1 : betaQuantile(p, rank / 2, (features - rank) / 2));
}

/** What a matrix at random was measured to have. */
export function simulatedChance(name: string, measurement: CapacityMeasurement): Chance {
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
 * A smaller shape of the same N / D, for a simulation that is to cost at most so many multiply-adds (N D^2 is counted twice).
 * Averages over features depend on N / D but for O(1 / D).
 */
export function similarShape(
  dims: number,
  features: number,
  multiplyAdds: number,
): { readonly dims: number; readonly features: number } {
  const factor = Math.cbrt(Math.min(1, multiplyAdds / (2 * features * dims * dims)));
  const fewer = Math.max(1, Math.round(dims * factor));
  return { dims: fewer, features: Math.max(1, Math.round((features * fewer) / dims)) };
}

/** Each figure of a matrix that chance has one for, beside it. */
export function compareWithChance(
  measurement: CapacityMeasurement,
  chance: Chance,
): ChanceComparison[] {
  const measured = matrixFigures(measurement);
  return (Object.keys(measured) as (keyof MatrixFigures)[]).flatMap((figure) => {
    const by = chance.figures[figure];
    if (by === null) return [];
    return [{ figure, measured: measured[figure], chance: by, ratio: measured[figure] / by }];
  });
}
