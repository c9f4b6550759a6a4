import { addNumber, emptySums, mergeSums, type CentralSums } from './moments.ts';

/** Statistics of activations z, one number a feature. Features that are never active have kurtoses NaN. */
export interface ActivationStatistics {
  /** How many samples were seen. */
  readonly samples: number;
  /** P(z != 0). */
  readonly density: Float64Array;
  readonly mean: Float64Array;
  /** The mean of the activations that are not zero; 0 if there are none. */
  readonly meanActive: Float64Array;
  /** E z^2. */
  readonly meanSquare: Float64Array;
  /** E (z - mean)^2. */
  readonly variance: Float64Array;
  /** About the mean: E (z - mean)^4 / variance^2. */
  readonly kurtosis: Float64Array;
  /** About zero: E z^4 / (E z^2)^2, which is what the theory's k is of a feature that was scaled and not centred. */
  readonly kurtosisAboutZero: Float64Array;
}

/** Gathers statistics of activations from blocks of samples. */
export interface ActivationAccumulator {
  /**
   * Takes samples in: `samples * features` numbers, sample by sample.
   *
   * @throws RangeError if they do not fit or one is not finite, naming sample and feature.
   */
  readonly add: (block: Float64Array | Float32Array, samples: number) => void;
  /** Of all samples so far. @throws RangeError if there are none. */
  readonly result: () => ActivationStatistics;
}

/**
 * Statistics of activations in one pass and memory O(features), however many samples there are. The numbers that are not
 * zero are taken in one by one by updates that do not cancel, and zeros at the end all at once, so that activations of
 * sparse autoencoders, nearly all of them zero, cost little more than a look.
 *
 * @throws RangeError if `features` is not a positive integer.
 */
export function activationStatistics(features: number): ActivationAccumulator {
  if (!Number.isInteger(features) || features < 1) {
    throw new RangeError(`features: must be a positive integer, got ${features}`);
  }
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
  // About zero, from what is about the mean: E z^4 = E d^4 + 4 m E d^3 + 6 m^2 E d^2 + m^4 of d = z - m.
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
 * The share of each feature in the reconstruction sum_i z_i w_i, features taken one by one: E z_i^2 |w_i|^2 over the sum of
 * all. In the theory a feature of variance 1 that has a dimension of its own has |w_i|^2 = v_i, so that this is an
 * importance that features with dimensions of their own agree with.
 *
 * @throws RangeError if lists differ in length or every share is 0.
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
  if (!(sum > 0)) throw new RangeError('activations: no feature is ever active');
  return shares.map((share) => share / sum);
}
