import { beginDescent, descend } from '../descent/descend.ts';
import type { SparseBatch } from '@polysem/core/features';
import type { Loss } from '../models/loss.ts';
import type { ToyModel } from '../models/toy-model.ts';
import type { Kernel } from './kernel.ts';
import { sampledLosses } from './sampled-losses.ts';

/**
 * Fallback of the compiled kernels for inputs that generated code cannot sample: features with different value
 * distributions, rows of data, and copulas of very rare features. TypeScript samples each batch in float64 and passes it
 * to the compiled loss. Optimiser steps are computed in float64 and rounded to the precision of the state after every
 * step, so the result does not depend on how training is split into calls.
 *
 * @param given returns the compiled loss of a model on a batch.
 * @returns the methods of a kernel that sample inputs.
 */
export function float64Sampling(
  given: (model: ToyModel, batch: SparseBatch) => Loss,
): Pick<Kernel, 'advance' | 'evaluate' | 'gradient' | 'inputs'> {
  const { lossAt, ...sampled } = sampledLosses(given);
  return {
    advance: (instance, state, losses) => {
      const exact = beginDescent(state.parameters);
      exact.step = state.step;
      const parts = (['parameters', 'first', 'second'] as const).map((part) => ({
        mine: state[part],
        precise: exact[part],
      }));
      const isTaken = (at: number): boolean => {
        for (const { mine, precise } of parts) precise.set(mine);
        const loss = losses.subarray(at, at + 1);
        if (descend((step) => lossAt(instance, instance.stream, step), instance, exact, loss) === 0)
          return false;
        for (const { mine, precise } of parts) mine.set(precise);
        return true;
      };
      let taken = 0;
      while (taken < losses.length && isTaken(taken)) taken++;
      state.step += taken;
      return taken;
    },
    ...sampled,
  };
}
