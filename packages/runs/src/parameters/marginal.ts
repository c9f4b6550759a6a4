import type { FeatureDistribution, ValueDistribution } from '@polysem/core/features';
import type { ToyModel } from '@polysem/engine/models';

/**
 * The usual distribution of active values: on [0, 1] for compression models, which take raw inputs; symmetric otherwise.
 *
 * @param task the task of the model.
 * @returns the name of the distribution.
 *
 * @example
 * ```js
 * import { usualShape } from 'polysem/runs';
 * usualShape('compression'); // 'uniform-positive'
 * ```
 */
export function usualShape(task: ToyModel['task']): ValueDistribution['shape'] {
  return task === 'compression' ? 'uniform-positive' : 'uniform';
}

/**
 * True if the inputs of a task are usually scaled to variance 1, as the theory of computation needs.
 *
 * @param task the task of the model.
 * @returns false for compression, which takes raw inputs.
 *
 * @example
 * ```js
 * import { usualUnitVariance } from 'polysem/runs';
 * usualUnitVariance('compression'); // false
 * ```
 */
export function usualUnitVariance(task: ToyModel['task']): boolean {
  return task !== 'compression';
}

/**
 * The distribution of each feature from the parameters that a user gives.
 *
 * @param values name and parameters of the distribution of active values.
 * @param density P(active): one number for all features, or one per feature.
 * @param unitVariance true to scale inputs to variance 1.
 * @returns one distribution, or one per feature.
 *
 * @example
 * ```js
 * import { marginalOf } from 'polysem/runs';
 * marginalOf({ shape: 'uniform' }, [0.1, 0.2], true)[1].density; // 0.2
 * ```
 */
export function marginalOf(
  values: ValueDistribution,
  density: number | readonly number[],
  unitVariance: boolean,
): FeatureDistribution | FeatureDistribution[] {
  const of = (each: number): FeatureDistribution => ({ ...values, density: each, unitVariance });
  return typeof density === 'number' ? of(density) : density.map(of);
}
