import type { SparseBatch } from '@polysem/core/features';
import type { Generator } from '@polysem/numerics/random';
import type { Loss } from '../models/loss.ts';
import type { ToyModel } from '../models/toy-model.ts';
import { drawBatch } from './draw-batch.ts';
import { rangeOf, type Instance, type Kernel } from './kernel.ts';

/** Losses of an instance on batches that TypeScript samples in float64. */
export interface SampledLosses extends Pick<Kernel, 'evaluate' | 'gradient' | 'inputs'> {
  /** The loss on the batch of a step. */
  readonly lossAt: (instance: Instance, stream: Generator, step: number) => Loss;
}

/** @param given returns the loss of a model on a batch. */
export function sampledLosses(given: (model: ToyModel, batch: SparseBatch) => Loss): SampledLosses {
  const lossAt = (instance: Instance, stream: Generator, step: number): Loss =>
    given(instance.model, drawBatch(instance, stream, step));
  return {
    lossAt,
    evaluate: (instance, parameters, stream, batches, each) => {
      const at = Float64Array.from(parameters);
      const gradient = new Float64Array(at.length);
      const { first, count } = rangeOf(batches);
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const loss = lossAt(instance, stream, first + i).evaluate(at, gradient);
        if (each !== undefined) each[i] = loss;
        sum += loss;
      }
      return sum / count;
    },
    gradient: (instance, parameters, step, gradient) =>
      lossAt(instance, instance.stream, step).evaluate(Float64Array.from(parameters), gradient),
    inputs: (instance, step) => drawBatch(instance, instance.stream, step),
  };
}
