import { partialCorrelation, pearson } from './correlation.ts';
import { capacityRanks, midRanks } from './order.ts';
import type { CheckedStatistics } from './statistics.ts';

/** Spearman's rank correlations of measured capacity with a statistic; NaN where one is not defined. */
export interface Relation<T = number> {
  /** With the statistic alone. */
  readonly alone: T;
  /** With importance held: the partial rank correlation. */
  readonly importanceHeld: T;
}

/** Capacity against each statistic. Ranks are the same for a statistic and its logarithm. */
export interface Relations<T = number> {
  /** Capacity against importance, nothing held. */
  readonly importance: T;
  /** Against frequency (density); null where it is not known. */
  readonly density: Relation<T> | null;
  readonly kurtosis: Relation<T>;
  /** Against frequency with kurtosis held, and the other way round: NaN where one follows from the other. */
  readonly densityKurtosisHeld: T | null;
  readonly kurtosisDensityHeld: T | null;
}

/** Numbers that are ordered as statistics and capacities are. */
export interface Ordered {
  readonly capacity: Float64Array;
  readonly importance: Float64Array;
  readonly kurtosis: Float64Array;
  readonly density: Float64Array | null;
}

/** The ranks of all features. Kurtoses that are NaN, of features that are never active, stand last. */
export function ranksOf(
  { importance, kurtosis, density }: CheckedStatistics,
  capacity: Float64Array,
): Ordered {
  return {
    capacity: capacityRanks(capacity),
    importance: midRanks(importance),
    kurtosis: midRanks(kurtosis.map((k) => (Number.isNaN(k) ? Infinity : k))),
    density: density === null ? null : midRanks(density),
  };
}

/** The rank correlations of capacity with the statistics, from the ranks of both. */
export function relationsOf({
  capacity,
  importance: v,
  kurtosis: k,
  density: p,
}: Ordered): Relations {
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
