import { positiveInteger } from '@polysem/numerics/checks';
import { quasiPoints, childGenerator, uniform, type Generator } from '@polysem/numerics/random';
import { activeSets } from './active-set-law.ts';
import { activeSetSampler } from './active-set-sampler.ts';
import type { FeatureInputs } from './correlation.ts';
import { distributions, parameterValues } from './distributions/registry.ts';
import type { FeatureDistribution } from './feature-distribution.ts';
import { dependenceOf, resolveInputs, type DistributedInputs } from './inputs.ts';
import { momentsOfChecked } from './moments.ts';
import { drawCorrelated } from './sample-correlated.ts';
import type { WeightedBatch } from './weighted-batch.ts';

/** Options of {@link stratify}. */
export interface StrataOptions {
  /** Approximate number of weighted rows. */
  readonly rows: number;
  /** The least number of rows of a listed active set, unless its weight is negligible. Default 32; fewer for a rough estimate. */
  readonly leastRows?: number;
}

/** The largest number of features for which every active set is listed, if there are enough rows. */
const MOST_LISTED_FEATURES = 10;
/** Share of the spread below which an active set has one row. */
const NEGLIGIBLE = 1e-7;
/** Numbers of active features with less probability than this together form one last stratum. */
const TAIL = 1e-3;

/**
 * Weighted rows that represent a distribution of inputs, stratified by the number m of active features. The weight of
 * the zero input and the weights of strata are exact; values are quasi-random. Expectations are unbiased over the
 * streams of `g`.
 *
 * With at most 10 features, every active set has its own rows, whose weights sum to its exact probability. The points of
 * a set at one density are the first points of the same set at another density where it has more rows, so that results
 * change smoothly with the density. With more features, active sets are sampled from their law given m. Correlated
 * features with too many sets to list are sampled without strata, with equal weights.
 *
 * @param g the generator, whose streams are used.
 * @param inputs the distribution of the features.
 * @param features N.
 * @param options the number of rows.
 * @returns the weighted rows.
 * @throws RangeError if the inputs are invalid or a number of rows is not a positive integer.
 *
 * @example
 * ```js
 * import { stratify } from 'polysem/features';
 * import { generator } from 'polysem/random';
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * stratify(generator(0), inputs, 2, { rows: 1000 }).emptyWeight; // 0.81
 * ```
 */
export function stratify(
  g: Generator,
  inputs: FeatureInputs,
  features: number,
  options: StrataOptions,
): WeightedBatch {
  return stratifyInputs(g, resolveInputs(inputs, features), options);
}

/**
 * Weighted rows that represent a distribution of checked inputs; see {@link stratify}.
 *
 * @param g the generator, whose streams are used.
 * @param inputs the distribution of the features.
 * @param options the number of rows.
 * @returns the weighted rows.
 * @throws RangeError if a number of rows is not a positive integer.
 *
 * @example
 * ```js
 * import { resolveInputs, stratifyInputs } from 'polysem/features';
 * import { generator } from 'polysem/random';
 * const inputs = resolveInputs({ shape: 'uniform', density: 0.1, unitVariance: true }, 2);
 * stratifyInputs(generator(0), inputs, { rows: 1000 }).emptyWeight; // 0.81
 * ```
 */
export function stratifyInputs(
  g: Generator,
  inputs: DistributedInputs,
  { rows, leastRows = 32 }: StrataOptions,
): WeightedBatch {
  for (const [name, value] of [
    ['rows', rows],
    ['leastRows', leastRows],
  ] as const) {
    positiveInteger(name, value);
  }
  const { marginals } = inputs;
  const features = marginals.length;
  const canList = features <= MOST_LISTED_FEATURES && dependenceOf(inputs).kind !== 'matrix';
  if (canList && 2 ** features * 4 <= rows) return listed(g, inputs, { rows, leastRows });
  if (inputs.kind === 'independent') return byCount(g, marginals, rows);
  const plain = drawCorrelated(g, marginals, inputs.dependence, rows);
  return { ...plain, weights: new Float64Array(rows).fill(1 / rows), emptyWeight: 0 };
}

/** A weighted batch under construction. */
interface Draft {
  readonly starts: number[];
  readonly indices: number[];
  readonly values: number[];
  readonly weights: number[];
}

const emptyDraft = (): Draft => ({ starts: [0], indices: [], values: [], weights: [] });

function addRow(
  draft: Draft,
  set: readonly number[],
  valueAt: (place: number) => number,
  weight: number,
): void {
  set.forEach((feature, place) => {
    draft.indices.push(feature);
    draft.values.push(valueAt(place));
  });
  draft.starts.push(draft.indices.length);
  draft.weights.push(weight);
}

function finish(draft: Draft, features: number, emptyWeight: number): WeightedBatch {
  return {
    rows: draft.weights.length,
    features,
    rowStarts: Uint32Array.from(draft.starts),
    indices: Uint32Array.from(draft.indices),
    values: Float64Array.from(draft.values),
    weights: Float64Array.from(draft.weights),
    emptyWeight,
  };
}

/** The value of an active feature as a function of a uniform number in [0, 1). */
function activeQuantiles(
  marginals: readonly FeatureDistribution[],
): (feature: number, u: number) => number {
  const known = new Map(
    marginals.map((one) => [
      one,
      {
        scale: momentsOfChecked(one).scale,
        distribution: distributions[one.shape],
        parameters: parameterValues(one),
      },
    ]),
  );
  const byFeature = marginals.map((one) => known.get(one)!);
  return (feature, u) => {
    const { scale, distribution, parameters } = byFeature[feature];
    // The quantile at 0 may be -Infinity.
    return scale * distribution.quantile(Math.max(u, 2 ** -54), parameters);
  };
}

/**
 * Rows for every active set. The error of an average over n quasi-random points is about spread / n, so that the sum of
 * squared errors for a given number of rows is smallest where n is proportional to (weight x spread)^(2/3). The spread
 * of a squared error is assumed to grow with the number of active features.
 */
function listed(
  g: Generator,
  inputs: DistributedInputs,
  { rows, leastRows }: Required<StrataOptions>,
): WeightedBatch {
  const { marginals } = inputs;
  const features = marginals.length;
  const valueOf = activeQuantiles(marginals);
  const { sets, probabilities } = activeSets(inputs);
  const spread = probabilities.reduce((sum, p, k) => sum + p * sets[k].length, 0);
  const need = (k: number): number => Math.cbrt(probabilities[k] * sets[k].length) ** 2;
  const needs = sets.reduce((sum, _, k) => sum + need(k), 0);
  const draft = emptyDraft();
  let emptyWeight = 0;
  sets.forEach((set, k) => {
    const m = set.length;
    if (m === 0) {
      emptyWeight = probabilities[k];
      return;
    }
    const isNegligible = probabilities[k] * m < NEGLIGIBLE * spread;
    const own = isNegligible ? 1 : Math.max(leastRows, Math.round((rows * need(k)) / needs));
    const bits = set.reduce((mask, i) => mask + 2 ** i, 0);
    const points = quasiPoints(childGenerator(g, bits), m, own);
    for (let row = 0; row < own; row++) {
      const valueAt = (place: number): number => valueOf(set[place], points[row * m + place]);
      addRow(draft, set, valueAt, probabilities[k] / own);
    }
  });
  return finish(draft, features, emptyWeight);
}

/** A stratum: inputs with `m` active features, or with at least `m` in the last one. */
interface Stratum {
  readonly m: number;
  readonly isLast: boolean;
  /** Its probability. */
  readonly weight: number;
}

/** One stratum per number of active features, until the numbers beyond have little probability and form the last one. */
function strataOf(counts: Float64Array): readonly Stratum[] {
  let last = 1;
  let beyond = 1 - counts[0] - (counts[1] ?? 0);
  while (beyond > TAIL) {
    last++;
    beyond -= counts[last];
  }
  return Array.from({ length: last }, (_, k) => {
    const m = k + 1;
    const isLast = m === last;
    const tail = counts.slice(m).reduce((a, b) => a + b, 0);
    return { m, isLast, weight: isLast ? tail : counts[m] };
  }).filter(({ weight }) => weight > 0);
}

/** Rows with sampled active sets, for independent features. */
function byCount(
  g: Generator,
  marginals: readonly FeatureDistribution[],
  rows: number,
): WeightedBatch {
  const valueOf = activeQuantiles(marginals);
  const sampler = activeSetSampler(marginals.map(({ density }) => density));
  const strata = strataOf(sampler.counts);
  const spread = strata.reduce((sum, { m, weight }) => sum + m * weight, 0);
  const draft = emptyDraft();
  for (const { m, isLast, weight } of strata) {
    const own = Math.max(4, Math.round((rows * m * weight) / spread));
    const stream = childGenerator(g, m);
    const points = isLast ? null : quasiPoints(stream, m, own);
    for (let row = 0; row < own; row++) {
      const count = isLast ? countAtLeast(sampler.counts, m, uniform(stream) * weight) : m;
      const set = sampler.sample(stream, count);
      const valueAt = (place: number): number =>
        valueOf(set[place], points === null ? uniform(stream) : points[row * m + place]);
      addRow(draft, set, valueAt, weight / own);
    }
  }
  return finish(draft, marginals.length, sampler.counts[0]);
}

/** The number of active features, at least `least`, at which the sum of probabilities from `least` on exceeds `sum`. */
function countAtLeast(counts: Float64Array, least: number, sum: number): number {
  let left = sum;
  let m = least;
  while (m < counts.length - 1) {
    left -= counts[m];
    if (left < 0) break;
    m++;
  }
  return m;
}
