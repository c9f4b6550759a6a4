import { beginDescent, descend } from '../descent/descend.ts';
import type { DescentState } from '../descent/optimiser.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';

/** Trains on a loss that stays the same, in place of an instance's batches; so exact losses have all that jobs have. */
export function fixedLossKernel(loss: Loss): Kernel {
  const at = (parameters: ArrayLike<number>, gradient: Float64Array): number =>
    loss.evaluate(Float64Array.from(parameters), gradient);
  return {
    name: 'typescript',
    begin: beginDescent,
    advance: (instance, state, losses) =>
      descend(() => loss, instance, state as DescentState, losses),
    evaluate: (_instance, parameters) => at(parameters, new Float64Array(loss.size)),
    gradient: (_instance, parameters, _step, gradient) => at(parameters, gradient),
    given: () => loss,
    inputs: () => {
      throw new Error('a fixed loss has no batches');
    },
  };
}
