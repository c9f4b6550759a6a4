import { beginDescent, descend } from '../descent/descend.ts';
import type { SparseBatch } from '@polysem/core/features';
import type { Loss } from '../models/loss.ts';
import type { ToyModel } from '../models/toy-model.ts';
import { drawBatch } from './draw-batch.ts';
import type { Instance, Kernel } from './kernel.ts';

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
  const lossAt = (instance: Instance, stream: Instance['stream'], step: number): Loss =>
    given(instance.model, drawBatch(instance, stream, step));
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
    inputs: (instance, step) => drawBatch(instance, instance.stream, step),
  };
}
