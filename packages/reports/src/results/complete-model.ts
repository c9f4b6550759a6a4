import type { ToyModel } from '@polysem/engine/models';
import type { Architecture } from '@polysem/engine/phase';

/**
 * Writes out the settings that a model leaves to their defaults, so that equal models have equal JSON.
 *
 * @param model a model, or an architecture without sizes.
 * @returns its settings by name, sorted, without sizes and importances.
 *
 * @example
 * ```js
 * import { completeModel } from 'polysem/reports';
 * const model = { task: 'computation', activation: 'relu' };
 * completeModel(model); // { activation: 'relu', bias: true, outputWeights: 'fixed', task: 'computation' }
 * ```
 */
export function completeModel(model: ToyModel | Architecture): Record<string, string | boolean> {
  const { task, activation, bias = true } = model;
  if (model.task === 'computation') {
    const { outputWeights = 'fixed' } = model;
    return { activation, bias, outputWeights, task };
  }
  const { importanceRole = 'loss-weight' } = model;
  if (model.task === 'vector-computation') {
    const { hiddenActivation = 'relu', target } = model;
    return { activation, bias, hiddenActivation, importanceRole, target, task };
  }
  const { hiddenActivation = 'linear', tied = true } = model;
  return { activation, bias, hiddenActivation, importanceRole, task, tied };
}
