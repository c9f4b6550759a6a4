import { generator, split } from '../random/generator.ts';
import { bootstrap, LARGEST_RESAMPLE, type Estimate } from './bootstrap.ts';
import { checkCapacities, fitPrice, leastSquares, type PriceFit } from './fit-price.ts';
import { goodnessOf, rSquaredOf, type Goodness } from './goodness.ts';
import { limitsOf, type AuditContext, type Limit } from './limits.ts';
import {
  NULL_DESCRIPTIONS,
  nullPredictions,
  proportional,
  type NullName,
} from './null-predictions.ts';
import { midRanks } from './order.ts';
import { outliersOf, type Outliers } from './outliers.ts';
import { permutationTest, type PermutationTest } from './permutation-test.ts';
import { picked } from './pick.ts';
import { capacitiesAtPrice } from './predict.ts';
import { ranksOf, relationsOf, type Ordered, type Relations } from './relations.ts';
import { checkStatistics, type CheckedStatistics, type FeatureStatistics } from './statistics.ts';
import { trendOf, type TrendBin } from './trend.ts';

/** Measured capacities and what is known of the features. */
export interface AuditInput extends FeatureStatistics {
  /** C_i in [0, 1], as `measureCapacity` gives them. */
  readonly capacity: ArrayLike<number>;
}

export interface AuditOptions {
  /** Default 0. */
  readonly seed?: number;
  /** Bootstrap resamples, 0 for no intervals. Default 1000. */
  readonly resamples?: number;
  /** Of the permutation test. Default 999. */
  readonly permutations?: number;
  /** The probability that intervals are to have. Default 0.95. */
  readonly confidence?: number;
  /** How many outliers are listed. Default 20. */
  readonly outliers?: number;
  /** Where the numbers come from: decides some of the limits that are named. */
  readonly context?: AuditContext;
  /** Called with the part of the resampling that is done. */
  readonly onProgress?: (done: number) => void;
}

/** A prediction that knows nothing of the theory, beside it. */
export interface NullPrediction {
  readonly name: NullName;
  readonly description: string;
  /** How many numbers were fitted. */
  readonly parameters: number;
  readonly goodness: Goodness;
  /**
   * R^2 of the theory at its fitted price less that of this one: above 0 where the theory does better. Of monotone
   * functions without an interval: they fit a resample, in which features occur twice, better than its figures show.
   */
  readonly advantage: Estimate;
}

/** What an audit found. Figures that are not defined, as the correlation with a constant, are NaN. */
export interface Audit {
  readonly features: number;
  /** The rule's capacities at the fitted price. */
  readonly predicted: Float64Array;
  readonly measuredTotal: number;
  readonly fitted: PriceFit;
  /** The fitted price with its interval. */
  readonly price: Estimate;
  /** The price at which the sums agree; see `fitPrice`. */
  readonly budget: PriceFit | null;
  /** Agreement at the fitted price; the price is fitted anew in each resample. */
  readonly goodness: { readonly [Figure in keyof Goodness]: Estimate };
  readonly goodnessAtBudget: Goodness | null;
  readonly nulls: readonly NullPrediction[];
  /** At the budget price, or where there is none at the fitted one. */
  readonly permutation: PermutationTest | null;
  readonly outliers: Outliers;
  readonly relations: Relations<Estimate>;
  /** Capacity along frequency, and along kurtosis. */
  readonly trends: {
    readonly density: readonly TrendBin[] | null;
    readonly kurtosis: readonly TrendBin[];
  };
  readonly resampling: {
    readonly seed: number;
    readonly resamples: number;
    /** Features in each resample. */
    readonly size: number;
    readonly confidence: number;
  };
  readonly limits: readonly Limit[];
}

/**
 * Holds measured capacities against the quadratic model's rule with one price for all features: the fit, how good it is
 * beside predictions that know nothing of the theory, with bootstrap intervals and a permutation test; the features that
 * depart most; capacity against frequency and kurtosis; and what all this does not show. O(N).
 *
 * @throws RangeError if a number is none of its kind, lists differ in length, or an option is out of range.
 */
export function auditCapacity(input: AuditInput, options: AuditOptions = {}): Audit {
  const { seed = 0, outliers = 20, context, onProgress } = options;
  const resamples = wholeNumber('resamples', options.resamples ?? 1000);
  const permutations = wholeNumber('permutations', options.permutations ?? 999);
  const confidence = options.confidence ?? 0.95;
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence: must lie between 0 and 1, got ${confidence}`);
  }
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
    split(g, 0),
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
    nulls: nulls.map((fit, i) => {
      const goodness = goodnessOf(fit.predicted, measured, ranks.capacity);
      const value = rSquared.value - goodness.rSquared;
      return {
        name: fit.name,
        description: NULL_DESCRIPTIONS[fit.name],
        parameters: fit.parameters,
        goodness,
        advantage: i < WITH_INTERVAL ? rest[i] : { value, low: NaN, high: NaN },
      };
    }),
    permutation: permutationTest(split(g, 1), atBudget, measured, permutations),
    outliers: outliersOf(predicted, measured, wholeNumber('outliers', outliers)),
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

function wholeNumber(field: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`${field}: must be a non-negative integer, got ${value}`);
}

/** Null predictions whose advantage gets an interval: a resample is fitted too well by any monotone function. */
const WITH_INTERVAL = 2;

/** All figures that get an interval, in one list: the price, agreement, advantages, relations. */
function figuresOf(
  statistics: CheckedStatistics,
  measured: Float64Array,
  ranks: Ordered,
): number[] {
  const { price } = leastSquares(statistics, measured);
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

/** The same of the features drawn, from the ranks of all: ranks among the drawn follow from those, and are sorted sooner. */
function resampled(
  { importance, kurtosis, density }: CheckedStatistics,
  measured: Float64Array,
  ranks: Ordered,
  drawn: Int32Array,
): number[] {
  const statistics = {
    importance: picked(importance, drawn),
    kurtosis: picked(kurtosis, drawn),
    density: density === null ? null : picked(density, drawn),
  };
  // A resample without any feature that asks for capacity has no price.
  if (!statistics.importance.some((v, i) => v > 0 && statistics.kurtosis[i] > 1)) return [];
  const again = (list: Float64Array): Float64Array => midRanks(picked(list, drawn));
  return figuresOf(statistics, picked(measured, drawn), {
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
