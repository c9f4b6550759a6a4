import { drawInputs } from '@polysem/core/features';
import { generator } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import {
  fastestKernel,
  lossRounding,
  typescriptKernel,
  type Kernel,
} from '../src/kernels/index.ts';
import { batchLoss, type CompressionModel } from '../src/models/index.ts';
import {
  beginJob,
  isProgressOf,
  planTraining,
  stepsDone,
  train,
  trainingDefaults,
  type TrainingSpec,
} from '../src/training/index.ts';
import { rangeOf } from '../src/kernels/kernel.ts';
import { batchesLoss } from '../src/training/held-out.ts';
import { standardErrorOf } from '../src/training/standard-error.ts';
import { firstJob, spec as smallSpec } from './job-cases.ts';

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

describe('held-out batches of a large model', () => {
  const features = 4000;
  const sizes = { features, dims: 1000, importance: Array.from({ length: features }, () => 1) };
  const large = { task: 'compression', activation: 'relu', ...sizes } as const;
  const instance = { ...firstJob(smallSpec()).instance, model: large, batch: 512 };
  const heldOut = { kind: 'batches', stream: generator(1), batches: 9 } as const;

  it('are evaluated one after the other, to the mean loss of all', () => {
    const lossOf = (batch: number): number => 1 + 1 / (3 + batch);
    const kernel: Kernel = {
      ...typescriptKernel,
      evaluate: (_instance, _parameters, _stream, batches, each) => {
        const { first, count } = rangeOf(batches);
        expect(count).toBe(1);
        each?.fill(lossOf(first));
        return lossOf(first);
      },
    };
    const losses: number[] = [];
    for (let k = 1; k < 9; k++) {
      expect(batchesLoss(kernel, { instance, heldOut }, [], losses)).toBeNull();
      expect(losses.length).toBe(k);
    }
    const all = Array.from({ length: 9 }, (_, batch) => lossOf(batch));
    const loss = all.reduce((sum, one) => sum + one, 0) / 9;
    const found = batchesLoss(kernel, { instance, heldOut }, [], losses);
    expect(found).toEqual({ loss, error: standardErrorOf(all) });
  });

  it('end the evaluation with the first loss that is not finite', () => {
    const kernel: Kernel = { ...typescriptKernel, evaluate: () => NaN };
    expect(batchesLoss(kernel, { instance, heldOut }, [], [])?.loss).toBeNaN();
  });

  it('are kept with the progress of a job', () => {
    const job = firstJob(smallSpec());
    const ending = { stopped: 'steps', losses: [1] } as const;
    const progress = { ...beginJob(typescriptKernel, job), ending };
    expect(isProgressOf(job, progress)).toBe(true);
    expect(stepsDone({ ...progress, ending: { ...ending, losses: [1] } })).toBe(0.5);
    expect(isProgressOf(job, { ...progress, ending: { stopped: 'steps', losses: ['1'] } })).toBe(
      false,
    );
    expect(isProgressOf(job, { ...progress, ending: { losses: [] } })).toBe(false);
  });
});
