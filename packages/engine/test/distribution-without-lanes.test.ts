import { distributions, resolveInputs, type AnyDistribution } from '@polysem/core/features';
import { generator, childGenerator } from '@polysem/numerics/random';
import { afterEach, describe, expect, it } from 'vitest';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { availableKernels } from '../src/kernels/fastest-kernel.ts';
import type { Instance } from '../src/kernels/kernel.ts';

const gaussian = distributions.gaussian as { lanes?: AnyDistribution['lanes'] };
const { lanes } = gaussian;

const instance: Instance = {
  model: { task: 'compression', activation: 'relu', features: 3, dims: 2, importance: [1, 1, 1] },
  inputs: resolveInputs({ shape: 'gaussian', density: 0.3, unitVariance: false }, 3),
  batch: 50,
  optimiser: firstOrderDefaults.adam,
  learningRate: 0.01,
  schedule: { shape: 'constant', warmUp: 0 },
  steps: 10,
  clip: null,
  stream: childGenerator(generator(1), 2),
};

describe('a distribution without lanes', () => {
  afterEach(() => Object.assign(gaussian, { lanes }));

  it('is sampled in float64 by every kernel', () => {
    delete gaussian.lanes;
    const batches = availableKernels().map((kernel) => kernel.inputs(instance, 4));
    for (const batch of batches) expect(batch).toEqual(batches[0]);
  });

  it('differs from float32 samples in compiled kernels only', () => {
    const inputs = { ...instance.inputs } as Instance['inputs'];
    const batches = availableKernels().map((kernel) => kernel.inputs({ ...instance, inputs }, 4));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches[0]).not.toEqual(batches[batches.length - 1]);
  });
});
