import { quantile } from '@polysem/numerics/elementary';
import { integerBelow } from '@polysem/numerics/random';
import { childGenerator, type Generator } from '@polysem/numerics/random';

/** A figure with its bootstrap interval. Both ends are NaN where the figure is undefined in most resamples. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Options of {@link bootstrap}. */
export interface BootstrapOptions {
  /** Number of resamples. */
  readonly resamples: number;
  /** Coverage of the interval, in (0, 1). */
  readonly confidence: number;
  /** Called with the fraction done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Largest number of features in a resample. */
export const LARGEST_RESAMPLE = 2048;

/**
 * Percentile bootstrap intervals over features (Efron 1979), for several figures at once.
 *
 * With more than {@link LARGEST_RESAMPLE} features, each resample draws only that many, and the distances of the percentiles
 * from the figure are shrunk by the square root of the ratio: the m out of n bootstrap (Bickel, Goetze & van Zwet 1997).
 * Its cost does not grow with N.
 *
 * @param g generator; resample b draws from its child b.
 * @param features N.
 * @param figures computes the figures of the listed features, with repetitions; NaN where a figure is undefined.
 * @param values the figures of all features.
 */
export function bootstrap(
  g: Generator,
  features: number,
  figures: (drawn: Int32Array) => readonly number[],
  values: readonly number[],
  { resamples, confidence, onProgress }: BootstrapOptions,
): Estimate[] {
  const size = Math.min(features, LARGEST_RESAMPLE);
  const drawn = new Int32Array(size);
  const found = values.map(() => new Float64Array(resamples));
  for (let b = 0; b < resamples; b++) {
    const stream = childGenerator(g, b);
    for (let i = 0; i < size; i++) drawn[i] = integerBelow(stream, features);
    figures(drawn).forEach((value, f) => {
      found[f][b] = value;
    });
    onProgress?.((b + 1) / resamples);
  }
  const shrink = Math.sqrt(size / features);
  return values.map((value, f) => {
    const sorted = found[f].filter((x) => !Number.isNaN(x)).toSorted();
    if (Number.isNaN(value) || 2 * sorted.length < resamples || sorted.length === 0) {
      return { value, low: NaN, high: NaN };
    }
    const end = (p: number): number => value + shrink * (quantile(sorted, p) - value);
    return { value, low: end((1 - confidence) / 2), high: end((1 + confidence) / 2) };
  });
}
