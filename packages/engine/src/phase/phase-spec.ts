import { positive, positiveInteger } from '@polysem/numerics/checks';
import { logSpaced } from '@polysem/numerics/elementary';
import {
  checkFeatureDistribution,
  givenParameters,
  type FeatureDistribution,
  type ValueDistribution,
} from '@polysem/core/features';

/** `count` values from one end to the other, in equal ratios. */
export interface LogAxis {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How the cells of a trained phase diagram are trained; plain data. */
export interface CellTraining {
  /**
   * On the exact expected loss, or on a fixed sample of inputs: one that the cells of a row share, or beyond 20 features
   * one of 200,000 inputs a cell.
   */
  readonly loss: 'exact' | 'sampled';
  /** At most so many random starts a cell; fewer once one is within `stopAtGap` of the certified optimum (exact loss). */
  readonly restarts: number;
  readonly stopAtGap: number;
  /** Sampled: so many active entries of each feature, on average, in the sample of a row. */
  readonly activeEntries: number;
}

/**
 * A phase diagram of the quadratic model (arXiv:2210.01892, Figure 4): one feature of importance V among features of
 * importance 1, over V (columns) and feature density p (rows). Plain data.
 */
export interface PhaseSpec extends ValueDistribution {
  /** N, the number of features. */
  readonly features: number;
  /** D, the dimensions of the embedding space. */
  readonly dims: number;
  /** P(active), one value a row. */
  readonly density: LogAxis;
  /** V, one value a column. */
  readonly importance: LogAxis;
  /** Null for the prediction alone. */
  readonly trained: CellTraining | null;
  readonly seed: number;
}

/** The values of an axis. */
export function axisValues({ from, to, count }: LogAxis): Float64Array {
  return logSpaced(from, to, count);
}

/** Far more starts than any cell of Figure 4 has needed (3): each ends at the certified optimum, k below 3 included. */
export const defaultCellTraining: CellTraining = {
  loss: 'exact',
  restarts: 64,
  stopAtGap: 1e-9,
  activeEntries: 200_000,
};

/**
 * Checks a spec.
 *
 * @throws RangeError naming the field, its value and what it must be.
 */
export function checkPhaseSpec(spec: PhaseSpec): void {
  const { features, dims, density, importance, trained } = spec;
  positiveInteger('features', features);
  if (!Number.isInteger(dims) || dims < 1 || dims > features) {
    throw new RangeError(
      `dims: must be an integer from 1 to ${features}, the number of features, got ${dims}`,
    );
  }
  for (const [name, axis] of [
    ['density', density],
    ['importance', importance],
  ] as const) {
    for (const end of [axis.from, axis.to]) {
      positive(name, end);
    }
    positiveInteger(`${name}: the number of steps`, axis.count);
  }
  for (const p of [density.from, density.to]) checkFeatureDistribution(rowInputs(spec, p));
  if (trained !== null && (!Number.isInteger(trained.restarts) || trained.restarts < 1)) {
    throw new RangeError(`restarts: must be a positive integer, got ${trained.restarts}`);
  }
}

/** The input distribution of a row. */
export function rowInputs(spec: PhaseSpec, density: number): FeatureDistribution {
  return { shape: spec.shape, density, unitVariance: true, ...givenParameters(spec) };
}
