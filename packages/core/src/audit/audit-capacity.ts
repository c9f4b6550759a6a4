import { inInterval, nonNegativeInteger } from '@polysem/numerics/checks';
import { generator, childGenerator } from '@polysem/numerics/random';
import { bootstrap, LARGEST_RESAMPLE, type Estimate } from './bootstrap.ts';
import { checkCapacities, fitPrice, leastSquaresPrice, type PriceFit } from './fit-price.ts';
import { goodnessOf, rSquaredOf, type Goodness } from './goodness.ts';
import { limitsOf, type AuditContext, type Limit } from './limits.ts';
import {
  NULL_DESCRIPTIONS,
  nullPredictions,
  proportional,
  type NullFit,
  type NullName,
} from './null-predictions.ts';
import { midRanks } from './ranks.ts';
import { outliersOf, type Outliers } from './outliers.ts';
import { permutationTest, type PermutationTest } from './permutation-test.ts';
import { valuesAt } from './select.ts';
import { capacitiesAtPrice } from './predict.ts';
import { ranksOf, relationsOf, type RankedStatistics, type Relations } from './relations.ts';
import { checkStatistics, type CheckedStatistics, type FeatureStatistics } from './statistics.ts';
import { trendOf, type TrendBin } from './trend.ts';

/** Measured capacities and the statistics of their features. */
export interface AuditInput extends FeatureStatistics {
  /** C_i in [0, 1], as `measureCapacity` gives them. */
  readonly capacity: ArrayLike<number>;
}

/** Options of {@link auditCapacity}. */
export interface AuditOptions {
  /** Seed of the resampling. Default 0. */
  readonly seed?: number;
  /** Number of bootstrap resamples; 0 for no intervals. Default 1000. */
  readonly resamples?: number;
  /** Number of permutations of the permutation test. Default 999. */
  readonly permutations?: number;
  /** Coverage of the intervals, in (0, 1). Default 0.95. */
  readonly confidence?: number;
  /** Number of outliers to list. Default 20. */
  readonly outliers?: number;
  /** Origin of the numbers, which decides some of the listed limits. */
  readonly context?: AuditContext;
  /** Called with the fraction of the resampling that is done. */
  readonly onProgress?: (done: number) => void;
}

/** A prediction that makes no use of the theory, compared with the theory. */
export interface NullPrediction {
  readonly name: NullName;
  readonly description: string;
  /** Number of fitted parameters. */
  readonly parameters: number;
  readonly goodness: Goodness;
  /**
   * R^2 of the theory at its fitted price minus R^2 of this prediction: positive if the theory does better. Monotone
   * functions have no interval: resamples repeat features, which they fit too well.
   */
  readonly advantage: Estimate;
}

/** The findings of an audit. Undefined figures, such as the correlation with a constant, are NaN. */
export interface Audit {
  readonly features: number;
  /** The capacities that the rule predicts at the fitted price. */
  readonly predicted: Float64Array;
  readonly measuredTotal: number;
  readonly fitted: PriceFit;
  /** The fitted price with its interval. */
  readonly price: Estimate;
  /** The price at which predicted and measured totals agree; see `fitPrice`. */
  readonly budget: PriceFit | null;
  /** Agreement at the fitted price; each resample fits its own price. */
  readonly goodness: { readonly [Figure in keyof Goodness]: Estimate };
  readonly goodnessAtBudget: Goodness | null;
  readonly nulls: readonly NullPrediction[];
  /** At the budget price, or at the fitted price if there is no budget price. */
  readonly permutation: PermutationTest | null;
  readonly outliers: Outliers;
  readonly relations: Relations<Estimate>;
  /** Capacity against frequency, and against kurtosis. */
  readonly trends: {
    readonly density: readonly TrendBin[] | null;
    readonly kurtosis: readonly TrendBin[];
  };
  readonly resampling: {
    readonly seed: number;
    readonly resamples: number;
    /** Number of features in each resample. */
    readonly size: number;
    readonly confidence: number;
  };
  readonly limits: readonly Limit[];
}

/**
 * Compares measured capacities with the quadratic model's rule, one price for all features. Finds the best price, its
 * goodness of fit compared with null predictions (bootstrap intervals, a permutation test), the features that depart
 * most, the trends of capacity with frequency and kurtosis, and the limits of the comparison. O(N).
 *
 * @param input measured capacities with importance, kurtosis and, if known, density per feature.
 * @param options resampling, seed and origin of the numbers.
 * @returns all figures of the comparison.
 * @throws RangeError if a number is out of range, lists differ in length, or an option is out of range.
 * @example
 * ```js
 * import { auditCapacity } from 'polysem/audit';
 * const input = { importance: [4, 2, 1], kurtosis: 6, capacity: [1, 1, 0.5] };
 * const { goodness } = auditCapacity(input, { resamples: 10 });
 * goodness.rSquared.value; // 1
 * ```
 */
export function auditCapacity(input: AuditInput, options: AuditOptions = {}): Audit {
  const { seed = 0, outliers = 20, context, onProgress } = options;
  const { resamples = 1000, permutations = 999, confidence = 0.95 } = options;
  nonNegativeInteger('resamples', resamples);
  nonNegativeInteger('permutations', permutations);
  nonNegativeInteger('outliers', outliers);
  inInterval('confidence', confidence, 0, 1, '()');
  const statistics = checkStatistics(input);
  const features = statistics.importance.length;
  const measured = checkCapacities(input.capacity, features);
  const { fitted, budget } = fitPrice(input);
  const predicted = capacitiesAtPrice(statistics, fitted.price);
  const atBudget = budget === null ? predicted : capacitiesAtPrice(statistics, budget.price);
  const nulls = nullPredictions(statistics, measured);
  const ranks = ranksOf(statistics, measured);

  const g = generator(seed);
  const values = figuresOf(statistics, measured, ranks);
  const estimates = bootstrap(
    childGenerator(g, 0),
    features,
    (drawn) => resampled(statistics, measured, ranks, drawn),
    values,
    { resamples, confidence, onProgress },
  );
  const [price, pearson, spearman, rSquared, meanAbsoluteError, ...rest] = estimates;
  return {
    features,
    predicted,
    measuredTotal: measured.reduce((sum, c) => sum + c, 0),
    fitted,
    price,
    budget,
    goodness: { pearson, spearman, rSquared, meanAbsoluteError },
    goodnessAtBudget: budget === null ? null : goodnessOf(atBudget, measured, ranks.capacity),
    nulls: comparedNulls(nulls, measured, ranks.capacity, rSquared.value, rest),
    permutation: permutationTest(childGenerator(g, 1), atBudget, measured, permutations),
    outliers: outliersOf(predicted, measured, outliers),
    relations: relationEstimates(rest.slice(WITH_INTERVAL), statistics.density !== null),
    trends: {
      density:
        statistics.density === null
          ? null
          : trendOf(statistics.density, measured, predicted, confidence),
      kurtosis: trendOf(statistics.kurtosis, measured, predicted, confidence),
    },
    resampling: { seed, resamples, size: Math.min(features, LARGEST_RESAMPLE), confidence },
    limits: limitsOf(context),
  };
}

/** Number of null predictions whose advantage has an interval; monotone functions fit resamples too well. */
const WITH_INTERVAL = 2;

/**
 * Compares the null predictions with the theory, whose R^2 is `rSquared`; `advantages` has the intervals of
 * the first ones.
 */
function comparedNulls(
  nulls: readonly NullFit[],
  measured: Float64Array,
  measuredRanks: Float64Array,
  rSquared: number,
  advantages: readonly Estimate[],
): NullPrediction[] {
  return nulls.map(({ name, parameters, predicted }, i) => {
    const goodness = goodnessOf(predicted, measured, measuredRanks);
    const value = rSquared - goodness.rSquared;
    return {
      name,
      description: NULL_DESCRIPTIONS[name],
      parameters,
      goodness,
      advantage: i < WITH_INTERVAL ? advantages[i] : { value, low: NaN, high: NaN },
    };
  });
}

/** All figures that have an interval, in one list: the price, goodness of fit, advantages, relations. */
function figuresOf(
  statistics: CheckedStatistics,
  measured: Float64Array,
  ranks: RankedStatistics,
): number[] {
  const { price } = leastSquaresPrice(statistics, measured);
  const own = goodnessOf(capacitiesAtPrice(statistics, price), measured, ranks.capacity);
  const relations = relationsOf(ranks);
  return [
    price,
    own.pearson,
    own.spearman,
    own.rSquared,
    own.meanAbsoluteError,
    // The mean has an R^2 of 0.
    own.rSquared,
    own.rSquared - rSquaredOf(proportional(statistics.importance, measured), measured),
    relations.importance,
    relations.kurtosis.alone,
    relations.kurtosis.importanceHeld,
    ...(relations.density === null
      ? []
      : [
          relations.density.alone,
          relations.density.importanceHeld,
          relations.densityKurtosisHeld ?? NaN,
          relations.kurtosisDensityHeld ?? NaN,
        ]),
  ];
}

/** {@link figuresOf} a resample. Ranks within the resample follow from the ranks of all features, which sort faster. */
function resampled(
  { importance, kurtosis, density }: CheckedStatistics,
  measured: Float64Array,
  ranks: RankedStatistics,
  drawn: Int32Array,
): number[] {
  const statistics = {
    importance: valuesAt(importance, drawn),
    kurtosis: valuesAt(kurtosis, drawn),
    density: density === null ? null : valuesAt(density, drawn),
  };
  // A resample without a feature that demands capacity has no price.
  if (!statistics.importance.some((v, i) => v > 0 && statistics.kurtosis[i] > 1)) return [];
  const again = (list: Float64Array): Float64Array => midRanks(valuesAt(list, drawn));
  return figuresOf(statistics, valuesAt(measured, drawn), {
    capacity: again(ranks.capacity),
    importance: again(ranks.importance),
    kurtosis: again(ranks.kurtosis),
    density: ranks.density === null ? null : again(ranks.density),
  });
}

function relationEstimates(list: readonly Estimate[], hasDensity: boolean): Relations<Estimate> {
  const [importance, alone, importanceHeld, ...ofDensity] = list;
  const kurtosis = { alone, importanceHeld };
  if (!hasDensity) {
    return {
      importance,
      kurtosis,
      density: null,
      densityKurtosisHeld: null,
      kurtosisDensityHeld: null,
    };
  }
  const [densityAlone, densityHeld, densityKurtosisHeld, kurtosisDensityHeld] = ofDensity;
  return {
    importance,
    kurtosis,
    density: { alone: densityAlone, importanceHeld: densityHeld },
    densityKurtosisHeld,
    kurtosisDensityHeld,
  };
}
