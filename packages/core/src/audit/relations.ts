import { partialCorrelation, pearson } from './correlation.ts';
import { midRanks } from './order.ts';
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

/** The rank correlations of capacity with the statistics. Kurtoses that are NaN take no part as ranks: they stand last. */
export function relationsOf(
  { importance, kurtosis, density }: CheckedStatistics,
  measuredRanks: Float64Array,
): Relations {
  const v = midRanks(importance);
  const k = midRanks(kurtosis.map((value) => (Number.isNaN(value) ? Infinity : value)));
  const cv = pearson(measuredRanks, v);
  const ck = pearson(measuredRanks, k);
  const kurtosisRelation = {
    alone: ck,
    importanceHeld: partialCorrelation(ck, cv, pearson(k, v)),
  };
  if (density === null) {
    return {
      importance: cv,
      density: null,
      kurtosis: kurtosisRelation,
      densityKurtosisHeld: null,
      kurtosisDensityHeld: null,
    };
  }
  const p = midRanks(density);
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
