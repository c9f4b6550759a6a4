import { positiveInteger } from '@polysem/numerics/checks';
import { isCorrelated, type CorrelatedFeatures, type FeatureInputs } from './correlation.ts';
import {
  checkDataInputs,
  checkDataSet,
  isDataInputs,
  type DataInputs,
  type DataSet,
} from './data-set.ts';
import { independence, resolveDependence, type Dependence } from './dependence.ts';
import {
  checkFeatureDistribution,
  distributionList,
  type FeatureDistribution,
} from './feature-distribution.ts';
import { allRows, type RowInputs } from './given-rows.ts';

/** N features that are active independently of each other; checked. */
export interface IndependentInputs {
  readonly kind: 'independent';
  /** One distribution per feature. */
  readonly marginals: readonly FeatureDistribution[];
}

/** N features whose activity is correlated; checked. */
export interface CorrelatedInputs {
  readonly kind: 'correlated';
  /** One distribution per feature. */
  readonly marginals: readonly FeatureDistribution[];
  readonly dependence: Dependence;
}

/** Inputs that are drawn from a distribution; checked. */
export type DistributedInputs = IndependentInputs | CorrelatedInputs;

/**
 * All kinds of inputs that a model can be trained on, checked and written out per feature. Plain
 * data: it can be sent to a worker.
 */
export type Inputs = DistributedInputs | RowInputs;

/**
 * Checks inputs and writes them out: one distribution per feature and the groups, loadings or
 * matrix of their correlation, or the rows of the data matrix. Functions that draw from inputs or
 * compute with them take the result and do not check again.
 *
 * @param inputs inputs as a spec has them.
 * @param features N, the number of features of the model.
 * @param data the data matrix that the spec names.
 * @returns the same inputs, checked.
 * @throws RangeError in one line with the field, its value and the remedy.
 *
 * @example
 * ```js
 * import { resolveInputs } from 'polysem/features';
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * resolveInputs(inputs, 3).kind; // 'independent'
 * resolveInputs(inputs, 3).marginals.length; // 3
 * ```
 */
export function resolveInputs(inputs: FeatureInputs, features: number): DistributedInputs;
export function resolveInputs(
  inputs: FeatureInputs | DataInputs,
  features: number,
  data?: DataSet,
): Inputs;
export function resolveInputs(
  inputs: FeatureInputs | DataInputs,
  features: number,
  data?: DataSet,
): Inputs {
  positiveInteger('features', features);
  if (isDataInputs(inputs)) {
    checkDataInputs(inputs, features);
    return allRows(checkDataSet(inputs, data).batch);
  }
  if (!isCorrelated(inputs)) {
    return { kind: 'independent', marginals: checkedMarginals('inputs', inputs, features) };
  }
  if (inputs.kind !== 'correlated') {
    throw new RangeError(
      `kind: must be correlated, got ${String((inputs as CorrelatedFeatures).kind)}`,
    );
  }
  const marginals = checkedMarginals('marginal', inputs.marginal, features);
  return {
    kind: 'correlated',
    marginals,
    dependence: resolveDependence(inputs.correlation, marginals),
  };
}

/**
 * The dependence between features; independent features are groups of one.
 *
 * @param inputs checked inputs.
 * @returns their groups, loadings or correlation matrix.
 *
 * @example
 * ```js
 * import { dependenceOf, resolveInputs } from 'polysem/features';
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * dependenceOf(resolveInputs(inputs, 2)).groups; // [[0], [1]]
 * ```
 */
export function dependenceOf(inputs: DistributedInputs): Dependence {
  return inputs.kind === 'correlated' ? inputs.dependence : independence(inputs.marginals);
}

function checkedMarginals(
  field: string,
  marginal: FeatureDistribution | readonly FeatureDistribution[],
  features: number,
): readonly FeatureDistribution[] {
  const marginals = distributionList(marginal, features, field);
  for (const one of new Set(marginals)) checkFeatureDistribution(one);
  return marginals;
}
