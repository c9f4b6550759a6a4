import { describe, expect, it } from 'vitest';
import { fastestKernel } from '@polysem/engine/kernels';
import { stratify } from '@polysem/core/features';
import { childGenerator, generator } from '@polysem/numerics/random';
import { trainStarts, type Experiment } from '../src/reproduce/geometry/trained-starts.ts';

// Without biases, and tied, the weights are all parameters.
const experiment: Experiment = {
  model: {
    task: 'compression',
    activation: 'relu',
    tied: true,
    bias: false,
    features: 4,
    dims: 2,
    importance: [1, 1, 1, 1],
  },
  inputs: { shape: 'uniform-positive', density: 0.2, unitVariance: false },
  seed: 3,
};

describe('trainStarts', () => {
  const found = trainStarts(experiment, 2);
  const { model, inputs, seed } = experiment;

  it('reports the loss of a sample that training did not use', () => {
    const stream = childGenerator(generator(seed), 3);
    const lossOn = (place: number, weights: Float64Array): number => {
      const child = childGenerator(stream, place);
      const batch = stratify(child, inputs, model.features, { rows: 1 << 15 });
      const loss = fastestKernel([model]).given(model, batch);
      return loss.evaluate(weights, new Float64Array(loss.size));
    };
    for (const { loss, embedding } of found) {
      const weights = Float64Array.from(embedding.data);
      expect(loss).toBe(lossOn(1, weights));
      expect(loss).not.toBe(lossOn(0, weights));
    }
  });

  it('gives each start its own weights, however many there are', () => {
    expect(found[0].embedding.data).not.toEqual(found[1].embedding.data);
    const fractions: number[] = [];
    const three = trainStarts(experiment, 3, (done) => void fractions.push(done));
    expect(three.slice(0, 2)).toEqual(found);
    expect(fractions.map((done) => Math.round(3 * done))).toEqual([1, 2, 3]);
  });
});
