import { positiveInteger } from '@polysem/numerics/checks';
import { addNumber, emptySums, mergeSums, type CentralSums } from './moments.ts';

/** Statistics of activations z, per feature. Kurtoses are NaN for a feature that is never active. */
export interface ActivationStatistics {
  /** Number of samples. */
  readonly samples: number;
  /** P(z != 0). */
  readonly density: Float64Array;
  readonly mean: Float64Array;
  /** The mean of the non-zero activations; 0 if there are none. */
  readonly meanActive: Float64Array;
  /** E z^2. */
  readonly meanSquare: Float64Array;
  /** E (z - mean)^2. */
  readonly variance: Float64Array;
  /** Kurtosis about the mean: E (z - mean)^4 / variance^2. */
  readonly kurtosis: Float64Array;
  /** Kurtosis about zero: E z^4 / (E z^2)^2, the theory's k for a feature that was scaled but not centred. */
  readonly kurtosisAboutZero: Float64Array;
}

/** Accumulates statistics of activations from chunks of samples. */
export interface ActivationAccumulator {
  /**
   * Adds samples: `samples` x `features` numbers, sample by sample.
   *
   * @throws RangeError if the length is wrong or a number is not finite, naming sample and feature.
   */
  readonly add: (block: Float64Array | Float32Array, samples: number) => void;
  /** Statistics of all samples so far. @throws RangeError if there are none. */
  readonly result: () => ActivationStatistics;
}

/**
 * Starts statistics of activations, in one pass and O(features) memory for any number of samples. Non-zero numbers are
 * added one at a time by updates that do not cancel, zeros all at once at the end. Activations of sparse autoencoders,
 * nearly all of them zero, therefore cost little more than one read.
 *
 * @param features number of features per sample.
 * @returns an accumulator: `add` chunks, then ask for the `result`.
 * @throws RangeError if `features` is not a positive integer.
 * @example
 * ```js
 * import { activationStatistics } from 'polysem/audit';
 * const accumulator = activationStatistics(2);
 * accumulator.add(Float64Array.of(0, 1, 2, 3), 2);
 * accumulator.result().density; // [0.5, 1]
 * accumulator.result().meanSquare; // [2, 5]
 * ```
 */
export function activationStatistics(features: number): ActivationAccumulator {
  positiveInteger('features', features);
  const active = emptySums(features);
  let total = 0;
  return {
    add: (block, samples) => {
      if (block.length !== samples * features) {
        throw new RangeError(
          `activations: ${samples} samples of ${features} features need ${samples * features} numbers, got ${block.length}`,
        );
      }
      for (let sample = 0, at = 0; sample < samples; sample++) {
        for (let i = 0; i < features; i++, at++) {
          const x = block[at];
          if (x === 0) continue;
          if (!Number.isFinite(x)) {
            throw new RangeError(
              `activations: sample ${total + sample} has ${x} for feature ${i}; every activation must be a finite number`,
            );
          }
          addNumber(active, i, x);
        }
      }
      total += samples;
    },
    result: () => statisticsOf(active, total),
  };
}

function statisticsOf(active: CentralSums, samples: number): ActivationStatistics {
  if (samples === 0) throw new RangeError('activations: there are no samples; give at least one');
  const features = active.count.length;
  const all = emptySums(features);
  mergeSums(all, active);
  mergeSums(all, { ...emptySums(features), count: active.count.map((n) => samples - n) });
  const perSample = (value: number): number => value / samples;
  const variance = all.second.map(perSample);
  const meanSquare = all.second.map((m2, i) => m2 / samples + all.mean[i] ** 2);
  // About zero from about the mean: E z^4 = E d^4 + 4 m E d^3 + 6 m^2 E d^2 + m^4, with d = z - m.
  const fourth = all.fourth.map((m4, i) => {
    const m = all.mean[i];
    return m4 / samples + m * ((4 * all.third[i]) / samples + m * (6 * variance[i] + m * m));
  });
  return {
    samples,
    density: active.count.map(perSample),
    mean: all.mean,
    meanActive: active.mean,
    meanSquare,
    variance,
    kurtosis: all.fourth.map((m4, i) => m4 / samples / variance[i] / variance[i]),
    kurtosisAboutZero: fourth.map((m4, i) => m4 / meanSquare[i] / meanSquare[i]),
  };
}

/**
 * The fraction of the reconstruction sum_i z_i w_i that each feature contributes on its own: E z_i^2 |w_i|^2 over the sum
 * of all. In the theory a feature of variance 1 with a dimension to itself has |w_i|^2 = v_i, so this importance agrees
 * with the theory for such features.
 *
 * @param meanSquare E z_i^2 per feature.
 * @param squaredNorm |w_i|^2 per feature.
 * @returns fractions that sum to 1.
 * @throws RangeError if the lists differ in length or every fraction is 0.
 * @example
 * ```js
 * import { varianceExplained } from 'polysem/audit';
 * varianceExplained([1, 3], [1, 1]); // [0.25, 0.75]
 * ```
 */
export function varianceExplained(
  meanSquare: ArrayLike<number>,
  squaredNorm: ArrayLike<number>,
): Float64Array {
  if (meanSquare.length !== squaredNorm.length) {
    throw new RangeError(
      `squaredNorm: ${squaredNorm.length} vectors for the activations of ${meanSquare.length} features`,
    );
  }
  const shares = Float64Array.from(meanSquare, (m, i) => m * squaredNorm[i]);
  let sum = 0;
  for (const share of shares) sum += share;
  if (!(sum > 0)) {
    throw new RangeError(
      'activations: no feature is ever active; give samples with an activation that is not 0',
    );
  }
  return shares.map((share) => share / sum);
}
