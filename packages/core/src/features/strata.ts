import { integerBelow, uniform } from '@polysem/numerics/random';
import { split, type Generator } from '@polysem/numerics/random';
import { quasiPoints } from '@polysem/numerics/random';
import { activeSetLaw } from './active-set-law.ts';
import { isCorrelated, type FeatureInputs } from './correlation.ts';
import { inputLaw, type InputLaw } from './dependence.ts';
import type { FeatureDistribution } from './distribution.ts';
import { moments } from './moments.ts';
import { sampleCorrelated } from './sample-correlated.ts';
import { defaultDegreesOfFreedom, shapes } from './shapes.ts';
import type { WeightedBatch } from './weighted-batch.ts';

/** Options of {@link stratify}. */
export interface StrataOptions {
  /** About how many weighted rows. */
  readonly rows: number;
  /** Rows that a listed set has at least, while its weight counts; 32 if absent. Fewer for a rough estimate. */
  readonly leastRows?: number;
}

/** Up to so many features every set of active ones is listed, if there are rows enough. */
const LISTED_UP_TO = 10;
/** Below this share of the spread a set has one row alone. */
const NEGLIGIBLE = 1e-7;
/** Numbers of active features so many standard deviations above the mean, and more, never come: below 1e-12. */
const FAR = 10;
/** Probability beyond which numbers of active features form one last stratum. */
const TAIL = 1e-3;

/**
 * Weighted inputs that stand for a distribution, in strata by the number m of active features: the input without any is
 * exact, weights of strata are exact, values are quasi-random. Unbiased: over the streams of `g`, every expectation is
 * that of the distribution.
 *
 * Up to 10 features every active set has rows of its own and its exact probability as their weight. Where it has more rows
 * than at another density, the first are the same points, so that what is computed from them changes smoothly with the
 * density. With more features, sets are drawn from their law given m. Correlated features
 * whose sets are too many to list are sampled plainly, with equal weights.
 *
 * @throws RangeError if the inputs are invalid or a number of rows is not a positive integer.
 */
export function stratify(
  inputs: FeatureInputs,
  features: number,
  { rows, leastRows = 32 }: StrataOptions,
  g: Generator,
): WeightedBatch {
  for (const [name, value] of [
    ['rows', rows],
    ['leastRows', leastRows],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`${name}: must be a positive integer, got ${value}`);
  }
  const law = inputLaw(inputs, features);
  const canList = law.dependence.kind !== 'matrix' && features <= LISTED_UP_TO;
  if (canList && 2 ** features * 4 <= rows) return listed(inputs, law, { rows, leastRows }, g);
  if (!isCorrelated(inputs)) return byCount(law, features, rows, g);
  const plain = sampleCorrelated(inputs, features, rows, g);
  return { ...plain, weights: new Float64Array(rows).fill(1 / rows), emptyWeight: 0 };
}

/** Rows as they are put together. */
interface Draft {
  readonly starts: number[];
  readonly indices: number[];
  readonly values: number[];
  readonly weights: number[];
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

/** The value of a feature at a uniform number in [0, 1). */
function valueMaker(
  marginals: readonly FeatureDistribution[],
): (feature: number, u: number) => number {
  const scales = new Map(marginals.map((one) => [one, moments(one).scale]));
  return (feature, u) => {
    const one = marginals[feature];
    const { quantile } = shapes[one.shape];
    // Where the distribution function is 0 there may be no value.
    const inside = Math.max(u, 2 ** -54);
    return (
      (scales.get(one) as number) *
      quantile(inside, one.degreesOfFreedom ?? defaultDegreesOfFreedom)
    );
  };
}

/**
 * Every active set with rows of its own. An average over n quasi-random points is off by about spread / n, so that for a
 * given number of rows the sum of squared errors is least where n goes with (weight x spread)^(2/3); the spread of a
 * squared error is taken to grow with the number of active features.
 */
function listed(
  inputs: FeatureInputs,
  { marginals }: InputLaw,
  { rows, leastRows }: Required<StrataOptions>,
  g: Generator,
): WeightedBatch {
  const features = marginals.length;
  const valueOf = valueMaker(marginals);
  const { sets, probabilities } = activeSetLaw(inputs, features);
  const spread = probabilities.reduce((sum, p, k) => sum + p * sets[k].length, 0);
  const need = (k: number): number => Math.cbrt(probabilities[k] * sets[k].length) ** 2;
  const needs = sets.reduce((sum, _, k) => sum + need(k), 0);
  const draft: Draft = { starts: [0], indices: [], values: [], weights: [] };
  let emptyWeight = 0;
  sets.forEach((set, k) => {
    const m = set.length;
    if (m === 0) {
      emptyWeight += probabilities[k];
      return;
    }
    const isNegligible = probabilities[k] * m < NEGLIGIBLE * spread;
    const own = isNegligible ? 1 : Math.max(leastRows, Math.round((rows * need(k)) / needs));
    const name = set.reduce((mask, i) => mask + 2 ** i, 0);
    const points = quasiPoints(m, own, split(g, name));
    for (let row = 0; row < own; row++) {
      set.forEach((i, j) => {
        draft.indices.push(i);
        draft.values.push(valueOf(i, points[row * m + j]));
      });
      draft.starts.push(draft.indices.length);
      draft.weights.push(probabilities[k] / own);
    }
  });
  return finish(draft, features, emptyWeight);
}

/** Strata by the number of active features, their sets drawn. For independent features. */
function byCount(
  { marginals }: InputLaw,
  features: number,
  rows: number,
  g: Generator,
): WeightedBatch {
  const densities = marginals.map(({ density }) => density);
  const valueOf = valueMaker(marginals);
  const drawer = setDrawer(densities);
  const { counts } = drawer;
  const draft: Draft = { starts: [0], indices: [], values: [], weights: [] };
  // Numbers of active features one by one, and from `last` on as one stratum.
  let last = 1;
  let beyond = 1 - counts[0] - (counts[1] ?? 0);
  while (last < counts.length - 1 && beyond > TAIL) {
    last++;
    beyond -= counts[last];
  }
  const strata = Array.from({ length: last }, (_, k) => {
    const m = k + 1;
    const isLast = m === last;
    const tail = counts.slice(m).reduce((a, b) => a + b, 0);
    return { m, isLast, weight: isLast ? tail : counts[m] };
  }).filter(({ weight }) => weight > 0);
  const spread = strata.reduce((sum, { m, weight }) => sum + m * weight, 0);
  for (const { m, isLast, weight } of strata) {
    const own = Math.max(4, Math.round((rows * m * weight) / spread));
    const stream = split(g, m);
    const points = isLast ? null : quasiPoints(m, own, stream);
    for (let row = 0; row < own; row++) {
      const count = isLast ? drawCount(counts, m, weight, uniform(stream)) : m;
      const set = drawer.draw(count, stream);
      set.forEach((i, j) => {
        draft.indices.push(i);
        draft.values.push(valueOf(i, points === null ? uniform(stream) : points[row * m + j]));
      });
      draft.starts.push(draft.indices.length);
      draft.weights.push(weight / own);
    }
  }
  return finish(draft, features, counts[0]);
}

/** A number of active features of at least `least`, from its law. */
function drawCount(counts: Float64Array, least: number, weight: number, u: number): number {
  let left = u * weight;
  for (let m = least; m < counts.length; m++) {
    left -= counts[m];
    if (left < 0) return m;
  }
  return least;
}

/** The law of the number of active features, and sets from their law given that number. */
interface SetDrawer {
  /** P(m active), up to the last m that floating point can tell from 0. */
  readonly counts: Float64Array;
  /** Ascending features. */
  readonly draw: (m: number, g: Generator) => number[];
}

function setDrawer(densities: readonly number[]): SetDrawer {
  const n = densities.length;
  const isEqual = densities.every((p) => p === densities[0]);
  if (isEqual) {
    return {
      counts: binomial(n, densities[0]),
      draw: (m, g) => combination(n, m, g),
    };
  }
  // ways[i][m] = P(m active among features i, i + 1, ...).
  const mean = densities.reduce((sum, p) => sum + p, 0);
  const most = Math.min(n, Math.ceil(mean + FAR * Math.sqrt(mean) + 4 * FAR));
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(most + 1));
  ways[n][0] = 1;
  for (let i = n - 1; i >= 0; i--) {
    const p = densities[i];
    for (let m = 0; m <= Math.min(n - i, most); m++)
      ways[i][m] = (1 - p) * ways[i + 1][m] + (m > 0 ? p * ways[i + 1][m - 1] : 0);
  }
  return {
    counts: trimmed(ways[0]),
    draw: (m, g) => {
      const set: number[] = [];
      for (let i = 0; i < n && set.length < m; i++) {
        const left = m - set.length;
        const active = densities[i] * ways[i + 1][left - 1];
        if (uniform(g) * ways[i][left] < active) set.push(i);
      }
      return set;
    },
  };
}

function binomial(n: number, p: number): Float64Array {
  if (p === 1) return Float64Array.from({ length: n + 1 }, (_, m) => (m === n ? 1 : 0));
  const counts = new Float64Array(n + 1);
  // From the mode outwards, so that nothing underflows that matters.
  const mode = Math.min(n, Math.floor((n + 1) * p));
  counts[mode] = 1;
  const odds = p / (1 - p);
  for (let m = mode; m < n; m++) counts[m + 1] = (counts[m] * odds * (n - m)) / (m + 1);
  for (let m = mode; m > 0; m--) counts[m - 1] = (counts[m] * m) / (odds * (n - m + 1));
  const sum = counts.reduce((a, b) => a + b, 0);
  return trimmed(counts.map((count) => count / sum));
}

function trimmed(counts: Float64Array): Float64Array {
  let end = counts.length;
  while (end > 1 && counts[end - 1] === 0) end--;
  return counts.subarray(0, end);
}

/** m of n, all sets equally likely (Floyd's method), ascending. */
function combination(n: number, m: number, g: Generator): number[] {
  const set = new Set<number>();
  for (let j = n - m; j < n; j++) {
    const i = integerBelow(g, j + 1);
    set.add(set.has(i) ? j : i);
  }
  return Array.from(Uint32Array.from(set).toSorted());
}
