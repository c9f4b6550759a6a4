import { beginDescent, descend } from '../descent/descend.ts';
import type { DescentState } from '../descent/optimiser.ts';
import { batchLoss } from '../models/batch-loss.ts';
import type { Kernel } from './kernel.ts';
import { sampledLosses } from './sampled-losses.ts';

const { lossAt, ...sampled } = sampledLosses(batchLoss);

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
  given: batchLoss,
  ...sampled,
};
