import { activations } from '../activations/registry.ts';
import { featurewiseForm } from './featurewise-form.ts';
import type { ToyModel } from './toy-model.ts';

/**
 * True if an activation of the model has a kink, where the slope of a loss on fixed inputs jumps.
 */
export function hasKinks(model: ToyModel): boolean {
  if (model.task === 'computation') return activations[model.activation].hasKink;
  const { hidden, output } = featurewiseForm(model);
  return activations[hidden].hasKink || activations[output].hasKink;
}
