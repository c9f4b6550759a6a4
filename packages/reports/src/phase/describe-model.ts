import type { Activation } from '@polysem/engine/activations';
import type { Architecture } from '@polysem/engine/phase';

const NAMES: Partial<Record<Activation, string>> = { relu: 'ReLU', gelu: 'GeLU', silu: 'SiLU' };

/** What people call an activation. */
export function activationName(activation: Activation): string {
  return NAMES[activation] ?? activation;
}

/** A toy model in words, with all that was left to defaults: above all how importance enters. */
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
