import { integerBelow } from '../random/distributions.ts';
import { split, type Generator } from '../random/generator.ts';

/** A figure with its bootstrap interval; NaN at both ends where the figure is not defined in most resamples. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** How many resamples. */
  readonly resamples: number;
  /** The probability that the interval is to have, in (0, 1). */
  readonly confidence: number;
  /** Called with the part that is done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** A resample has at most so many features, whatever their number. */
export const LARGEST_RESAMPLE = 2048;

/**
 * Percentile bootstrap intervals over features (Efron 1979), of several figures at once.
 *
 * Of more features than {@link LARGEST_RESAMPLE} so many are drawn each time, and the distances of the percentiles from
 * the figure shrunk by the root of the ratio: the m out of n bootstrap (Bickel, Goetze & van Zwet 1997), whose cost does
 * not grow with N.
 *
 * @param g its children are drawn from, one a resample.
 * @param features N.
 * @param figures of the features listed, some of them more than once; NaN where one is not defined.
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
    const stream = split(g, b);
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

/** The quantile of sorted numbers, interpolated between the two next to it. */
export function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  const low = sorted[below];
  // Where both are one number, infinite ones too.
  return sorted[above] === low ? low : low + (place - below) * (sorted[above] - low);
}
