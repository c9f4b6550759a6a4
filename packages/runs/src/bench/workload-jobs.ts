import { resolveInputs } from '@polysem/core/features';
import { firstOrderDefaults } from '@polysem/engine/descent';
import { generator, childGenerator } from '@polysem/numerics/random';
import { initialParameters, type Job } from '@polysem/engine/training';
import type { CompressionModel } from '@polysem/engine/models';
import type { Workload } from './workload.ts';

/**
 * The jobs of a workload, one per instance.
 *
 * @param heldOutBatches batches of the held-out loss at the end; 0 skips it.
 */
export function workloadJobs(
  work: Workload,
  steps: number,
  seed: number,
  heldOutBatches: number,
): Job[] {
  const { features, dims, instances, importance, batch, learningRate } = work;
  const root = generator(seed);
  const model: CompressionModel = {
    task: 'compression',
    activation: 'relu',
    features,
    dims,
    // The notebook's loss is the mean over features; ours is the sum.
    importance: importance.map((v) => v / features),
  };
  return work.densities.map((density, k) => {
    const stream = childGenerator(root, k);
    return {
      kind: 'batches',
      instance: {
        model,
        inputs: resolveInputs(
          { shape: 'uniform-positive', density, unitVariance: false },
          features,
        ),
        batch,
        optimiser: firstOrderDefaults.adamw,
        learningRate,
        schedule: { shape: 'constant', warmUp: 0 },
        steps,
        clip: null,
        stream: childGenerator(stream, 1),
      },
      start: initialParameters(model, { name: 'notebook', instances }, childGenerator(stream, 0)),
      record: [],
      stopping: null,
      heldOut:
        heldOutBatches > 0
          ? { kind: 'batches', stream: childGenerator(stream, 2), batches: heldOutBatches }
          : null,
    };
  });
}
