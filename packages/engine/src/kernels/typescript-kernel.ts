import { beginDescent, descend } from '../descent/descend.ts';
import type { DescentState } from '../descent/optimiser.ts';
import { batchLoss } from '../models/batch-loss.ts';
import type { Loss } from '../models/loss.ts';
import type { Generator } from '@polysem/numerics/random';
import { drawBatch } from './draw-batch.ts';
import type { Instance, Kernel } from './kernel.ts';

function lossAt(instance: Instance, stream: Generator, step: number): Loss {
  return batchLoss(instance.model, drawBatch(instance, stream, step));
}

/** Reference kernel in float64: evaluates the losses of `models/` on a freshly sampled batch at each step. */
export const typescriptKernel: Kernel = {
  name: 'typescript',
  begin: beginDescent,
  // The cast is safe: `begin` creates every state of this kernel.
  advance: (instance, state, losses) =>
    descend(
      (step) => lossAt(instance, instance.stream, step),
      instance,
      state as DescentState,
      losses,
    ),
  evaluate: (instance, parameters, stream, batches, each) => {
    const at = Float64Array.from(parameters);
    const gradient = new Float64Array(at.length);
    let sum = 0;
    for (let i = 0; i < batches; i++) {
      const loss = lossAt(instance, stream, i).evaluate(at, gradient);
      if (each !== undefined) each[i] = loss;
      sum += loss;
    }
    return sum / batches;
  },
  gradient: (instance, parameters, step, gradient) =>
    lossAt(instance, instance.stream, step).evaluate(Float64Array.from(parameters), gradient),
  given: batchLoss,
  inputs: (instance, step) => drawBatch(instance, instance.stream, step),
};
