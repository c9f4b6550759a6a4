import { logSpaced } from '@polysem/numerics/elementary';
import {
  givenParameters,
  type FeatureDistribution,
  type ValueDistribution,
} from '@polysem/core/features';

/** An axis of `count` values from `from` to `to` in equal ratios. */
export interface LogAxis {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Settings for training the cells of a phase diagram; plain data. */
export interface CellTraining {
  /**
   * The exact expected loss, or the loss on a fixed sample of inputs. The cells of a row share one
   * sample; with more than 20 features each cell has its own sample of 200,000 inputs.
   */
  readonly loss: 'exact' | 'sampled';
  /**
   * Maximum number of random starts per cell; stops early once one is within `stopAtGap` of the
   * certified optimum (exact loss).
   */
  readonly restarts: number;
  readonly stopAtGap: number;
  /** For the sampled loss: mean number of active entries per feature in the sample of a row. */
  readonly activeEntries: number;
}

/**
 * A phase diagram of the quadratic model (arXiv:2210.01892, Figure 4): one feature of importance V
 * among features of importance 1, over V (columns) and feature density p (rows). Plain data.
 */
export interface PhaseSpec extends ValueDistribution {
  /** N, the number of features. */
  readonly features: number;
  /** D, the dimensions of the embedding space. */
  readonly dims: number;
  /** P(active), one value per row. */
  readonly density: LogAxis;
  /** V, one value per column. */
  readonly importance: LogAxis;
  /** Null to compute only the prediction. */
  readonly trained: CellTraining | null;
  readonly seed: number;
}

/**
 * The values of an axis.
 *
 * @param axis ends and number of values.
 * @returns the values, in equal ratios.
 *
 * @example
 * ```js
 * import { axisValues } from 'polysem/phase';
 * Array.from(axisValues({ from: 1, to: 16, count: 3 })); // [1, 4, 16]
 * ```
 */
export function axisValues({ from, to, count }: LogAxis): Float64Array {
  return logSpaced(from, to, count);
}

/**
 * Defaults, with many more starts than any cell of Figure 4 has needed (3): each cell reaches the
 * certified optimum, including at kurtosis below 3.
 */
export const defaultCellTraining: CellTraining = {
  loss: 'exact',
  restarts: 64,
  stopAtGap: 1e-9,
  activeEntries: 200_000,
};

/**
 * The input distribution of a row.
 *
 * @param spec the phase diagram.
 * @param density P(active) of the row.
 * @returns the distribution, of variance 1.
 */
export function rowInputs(spec: PhaseSpec, density: number): FeatureDistribution {
  return { shape: spec.shape, density, unitVariance: true, ...givenParameters(spec) };
}
