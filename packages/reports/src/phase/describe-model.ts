import type { Activation } from '@polysem/engine/activations';
import type { Architecture } from '@polysem/engine/phase';

const NAMES: Partial<Record<Activation, string>> = { relu: 'ReLU', gelu: 'GeLU', silu: 'SiLU' };

/**
 * Usual spelling of the name of an activation.
 *
 * @param activation the name in code.
 * @returns for example `ReLU`.
 *
 * @example
 * ```js
 * import { activationName } from '@polysem/reports/phase';
 * activationName('relu'); // 'ReLU'
 * ```
 */
export function activationName(activation: Activation): string {
  return NAMES[activation] ?? activation;
}

/**
 * Describes a toy model in words, including defaults and how importance enters the loss.
 *
 * @param model the architecture.
 * @returns one line.
 *
 * @example
 * ```js
 * import { describeModel } from '@polysem/reports/phase';
 * describeModel({ task: 'computation', activation: 'relu' });
 * // 'ReLU computation, fixed output weights, bias; importance: coefficient of the target'
 * ```
 */
export function describeModel(model: Architecture): string {
  const outer = activationName(model.activation);
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
          `${activationName(model.hiddenActivation ?? 'linear')} hidden layer`,
          model.tied === false ? 'untied' : 'tied',
        ]
      : [
          `${activationName(model.target)} of each feature by ${outer} vector computation`,
          `${activationName(model.hiddenActivation ?? 'relu')} hidden layer`,
        ];
  return `${parts.join(', ')}, ${bias}; importance: ${role}`;
}
