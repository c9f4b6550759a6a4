import { partialCorrelation, pearson } from './correlation.ts';
import { capacityRanks, midRanks } from './ranks.ts';
import type { CheckedStatistics } from './statistics.ts';

/** Spearman's rank correlations of measured capacity with a statistic; NaN if undefined. */
export interface Relation<T = number> {
  /** Correlation with the statistic alone. */
  readonly alone: T;
  /** Partial rank correlation, given importance. */
  readonly importanceHeld: T;
}

/** Rank correlations of capacity with each statistic. They are the same for a statistic and its logarithm. */
export interface Relations<T = number> {
  /** Capacity against importance. */
  readonly importance: T;
  /** Capacity against frequency (density); null if density is unknown. */
  readonly density: Relation<T> | null;
  readonly kurtosis: Relation<T>;
  /** Capacity against frequency given kurtosis, and the reverse; NaN if one determines the other. */
  readonly densityKurtosisHeld: T | null;
  readonly kurtosisDensityHeld: T | null;
}

/** Ranks (or values in the same order) of capacity and of each statistic. */
export interface RankedStatistics {
  readonly capacity: Float64Array;
  readonly importance: Float64Array;
  readonly kurtosis: Float64Array;
  readonly density: Float64Array | null;
}

/** The ranks of all features. NaN kurtoses, of features that are never active, rank last. */
export function ranksOf(
  { importance, kurtosis, density }: CheckedStatistics,
  capacity: Float64Array,
): RankedStatistics {
  return {
    capacity: capacityRanks(capacity),
    importance: midRanks(importance),
    kurtosis: midRanks(kurtosis.map((k) => (Number.isNaN(k) ? Infinity : k))),
    density: density === null ? null : midRanks(density),
  };
}

/** The rank correlations of capacity with the statistics, from their ranks. */
export function relationsOf({
  capacity,
  importance: v,
  kurtosis: k,
  density: p,
}: RankedStatistics): Relations {
  const measuredRanks = capacity;
  const cv = pearson(measuredRanks, v);
  const ck = pearson(measuredRanks, k);
  const kurtosisRelation = {
    alone: ck,
    importanceHeld: partialCorrelation(ck, cv, pearson(k, v)),
  };
  if (p === null) {
    return {
      importance: cv,
      density: null,
      kurtosis: kurtosisRelation,
      densityKurtosisHeld: null,
      kurtosisDensityHeld: null,
    };
  }
  const cp = pearson(measuredRanks, p);
  const pk = pearson(p, k);
  return {
    importance: cv,
    density: { alone: cp, importanceHeld: partialCorrelation(cp, cv, pearson(p, v)) },
    kurtosis: kurtosisRelation,
    densityKurtosisHeld: partialCorrelation(cp, ck, pk),
    kurtosisDensityHeld: partialCorrelation(ck, cp, pk),
  };
}
