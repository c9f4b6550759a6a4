import { generator, split } from '../random/generator.ts';
import { bootstrap, LARGEST_RESAMPLE, type Estimate } from './bootstrap.ts';
import { checkCapacities, fitPrice, leastSquares, type PriceFit } from './fit-price.ts';
import { goodnessOf, type Goodness } from './goodness.ts';
import { limitsOf, type AuditContext, type Limit } from './limits.ts';
import { NULL_DESCRIPTIONS, nullPredictions, type NullName } from './null-predictions.ts';
import { midRanks } from './order.ts';
import { outliersOf, type Outliers } from './outliers.ts';
import { permutationTest, type PermutationTest } from './permutation-test.ts';
import { capacitiesAtPrice } from './predict.ts';
import { relationsOf, type Relations } from './relations.ts';
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
  /** Of the permutation test. Default 999; fewer of more than 10^5 features. */
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
  /** R^2 of the theory at its fitted price less that of this one: above 0 where the theory does better. */
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
  const ranks = midRanks(measured);
  const nullGoodness = nulls.map((fit) => goodnessOf(fit.predicted, measured, ranks));

  const g = generator(seed);
  const values = figuresOf(statistics, measured);
  const estimates = bootstrap(
    split(g, 0),
    features,
    (drawn) => resampled(statistics, measured, drawn),
    values,
    { resamples, confidence, onProgress },
  );
  const [price, pearson, spearman, rSquared, meanAbsoluteError, ...rest] = estimates;
  const advantages = rest.slice(0, nulls.length);
  return {
    features,
    predicted,
    measuredTotal: measured.reduce((sum, c) => sum + c, 0),
    fitted,
    price,
    budget,
    goodness: { pearson, spearman, rSquared, meanAbsoluteError },
    goodnessAtBudget: budget === null ? null : goodnessOf(atBudget, measured, ranks),
    nulls: nulls.map(({ name, parameters }, i) => ({
      name,
      description: NULL_DESCRIPTIONS[name],
      parameters,
      goodness: nullGoodness[i],
      advantage: advantages[i],
    })),
    permutation: permutationTest(split(g, 1), atBudget, measured, permutations),
    outliers: outliersOf(predicted, measured, wholeNumber('outliers', outliers)),
    relations: relationEstimates(rest.slice(nulls.length), statistics.density !== null),
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

/** All figures that get an interval, in one list: the price, agreement, advantages, relations. */
function figuresOf(statistics: CheckedStatistics, measured: Float64Array): number[] {
  const ranks = midRanks(measured);
  const { price } = leastSquares(statistics, measured);
  const own = goodnessOf(capacitiesAtPrice(statistics, price), measured, ranks);
  const relations = relationsOf(statistics, ranks);
  return [
    price,
    own.pearson,
    own.spearman,
    own.rSquared,
    own.meanAbsoluteError,
    ...nullPredictions(statistics, measured).map(
      (fit) => own.rSquared - goodnessOf(fit.predicted, measured, ranks).rSquared,
    ),
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

/** The same of the features drawn. */
function resampled(
  { importance, kurtosis, density }: CheckedStatistics,
  measured: Float64Array,
  drawn: Int32Array,
): number[] {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(drawn, (i) => values[i]);
  const statistics = {
    importance: pick(importance),
    kurtosis: pick(kurtosis),
    density: density === null ? null : pick(density),
  };
  // A resample without any feature that asks for capacity has no price.
  const asks = statistics.importance.some((v, i) => v > 0 && statistics.kurtosis[i] > 1);
  return asks ? figuresOf(statistics, pick(measured)) : [];
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
