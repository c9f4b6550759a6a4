import { drawInputs } from '@polysem/core/features';
import { describe, expect, it } from 'vitest';
import {
  fastestKernel,
  lossRounding,
  typescriptKernel,
  type Kernel,
} from '../src/kernels/index.ts';
import { batchLoss, type CompressionModel } from '../src/models/index.ts';
import { planTraining, train, trainingDefaults, type TrainingSpec } from '../src/training/index.ts';

const model: CompressionModel = {
  task: 'compression',
  activation: 'relu',
  features: 4,
  dims: 2,
  importance: [1, 0.8, 0.6, 0.4],
  bias: true,
};

function specOf(sampling: 'plain' | 'strata'): TrainingSpec {
  return {
    model,
    inputs: { shape: 'uniform', density: 0.3, unitVariance: false },
    ...trainingDefaults(model, 'sampled'),
    optimiser: { name: 'lbfgs' },
    sampling,
    batch: 512,
    steps: 30,
    restarts: 2,
    seed: 3,
  };
}

/** The loss of L-BFGS on the held-out sample, and the mean loss over that sample in float64. */
function both(kernel: Kernel): [number, number] {
  const spec = specOf('plain');
  const { heldOut } = planTraining(spec, { kernel }).problem;
  if (heldOut?.kind !== 'sample') throw new Error('no sample');
  const { best, runs, ...result } = train(spec, { kernel });
  expect(runs[best].loss).toBe(result.loss);
  const parameters = Float64Array.of(...result.embedding.data, ...result.bias);
  const { rows, inputs, stream } = heldOut;
  const g = { ...stream, counter: stream.counter.slice(), block: stream.block.slice() };
  const loss = batchLoss(model, drawInputs(g, inputs, rows));
  return [result.loss, loss.evaluate(parameters, new Float64Array(loss.size))];
}

describe('the held-out loss of L-BFGS', () => {
  it('is the mean loss over a sample that training does not see', () => {
    // Means of 64 groups instead of one sum of 131,072 rows: 2^-52 per addition.
    const [loss, expected] = both(typescriptKernel);
    expect(Math.abs(loss - expected)).toBeLessThan(2 ** -52 * 131_072 * expected);
  });

  it('is the same in float32 within its rounding', () => {
    const kernel = fastestKernel([model]);
    const [loss, expected] = both(kernel);
    expect(Math.abs(loss - expected)).toBeLessThan(lossRounding(kernel) * expected);
  });

  it('has a standard error, except over strata', () => {
    const { loss, lossError } = train(specOf('plain'));
    expect(lossError! / loss).toBeGreaterThan(1e-4);
    expect(lossError! / loss).toBeLessThan(1e-2);
    expect(train(specOf('strata')).lossError).toBeNull();
  });
});
