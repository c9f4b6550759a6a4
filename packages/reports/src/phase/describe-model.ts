import { activationLabel } from '@polysem/engine/activations';
import type { Architecture } from '@polysem/engine/phase';

/**
 * Describes a toy model in words, including defaults and how importance enters the loss.
 *
 * @param model the architecture.
 * @returns one line.
 *
 * @example
 * ```js
 * import { describeModel } from 'polysem/reports';
 * describeModel({ task: 'computation', activation: 'relu' });
 * // 'ReLU computation, fixed output weights, bias; importance: coefficient of the target'
 * ```
 */
export function describeModel(model: Architecture): string {
  const outer = activationLabel(model.activation);
  const bias = model.bias === false ? 'no bias' : 'bias';
  if (model.task === 'computation') {
    const weights = model.outputWeights === 'free' ? 'free' : 'fixed';
    return `${outer} computation, ${weights} output weights, ${bias}; importance: coefficient of the target`;
  }
  const role =
    model.importanceRole === 'target-coefficient'
      ? 'coefficient of the target'
      : 'weight of the squared error';
  const parts =
    model.task === 'compression'
      ? [
          `${outer} compression`,
          `${activationLabel(model.hiddenActivation ?? 'linear')} hidden layer`,
          model.tied === false ? 'untied' : 'tied',
        ]
      : [
          `${activationLabel(model.target)} of each feature by ${outer} vector computation`,
          `${activationLabel(model.hiddenActivation ?? 'relu')} hidden layer`,
        ];
  return `${parts.join(', ')}, ${bias}; importance: ${role}`;
}
