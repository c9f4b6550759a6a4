import { describe, expect, it } from 'vitest';
import { activations } from '../src/activations/registry.ts';
import { batchLoss } from '../src/models/batch-loss.ts';
import { featurewiseForm } from '../src/models/featurewise-form.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import type { Instance } from '../src/kernels/kernel.ts';
import { parameterLayout } from '../src/models/parameters.ts';
import type { ToyModel } from '../src/models/toy-model.ts';
import { gradientError } from '../../core/test/fixtures.ts';
import { roundingBounds } from './rounding-bounds.ts';
import {
  kernels,
  KINDS,
  modelsOf,
  SIZES,
  DENSITIES,
  BATCHES,
  CORRELATIONS,
  distribution,
  modelOf,
  instanceOf,
  parametersOf,
  worst,
} from './kernel-cases.ts';

function hasKink(model: ToyModel): boolean {
  const { hidden, output } =
    model.task === 'computation'
      ? { hidden: model.activation, output: model.activation }
      : featurewiseForm(model);
  return activations[hidden].hasKink || activations[output].hasKink;
}

describe.each(kernels)('the kernel $kernel.name', ({ kernel, epsilon }) => {
  /** Expects the loss and gradient of the reference on the batch of step 3, and returns the parameters and the loss. */
  function expectReference(instance: Instance, seed: number, where: string) {
    const { model } = instance;
    // In the precision of the kernel, so that both start from the same numbers.
    const { parameters } = kernel.begin(parametersOf(model, seed));
    const batch = kernel.inputs(instance, 3);
    const exact = new Float64Array(parameters.length);
    const reference = batchLoss(model, batch).evaluate(Float64Array.from(parameters), exact);
    const bounds = roundingBounds(model, batch, parameters, epsilon);
    const found = new Float64Array(parameters.length).fill(NaN);
    const loss = kernel.gradient(instance, parameters, 3, found);
    expect(Math.abs(loss - reference), where).toBeLessThanOrEqual(bounds.loss);
    expect(worst(found, exact, bounds.gradient), where).toBe(0);
    return { parameters, loss };
  }

  describe.each(modelsOf(kernel))('for %s', (name, kind, activation) => {
    it('has the loss and gradient of the reference on its own batches, at any size', () => {
      let seed = 0;
      for (const [place, { features, dims }] of SIZES.entries()) {
        // Every other size; models with names of other lengths take the others.
        if ((place + name.length) % 2 !== 0) continue;
        for (const [k, density] of DENSITIES.entries()) {
          seed++;
          // One density for each size.
          if ((k + (place >> 1) + name.length) % DENSITIES.length !== 0) continue;
          const model = modelOf(kind, activation, features, dims);
          const instance = instanceOf(model, {
            inputs: distribution('uniform', density),
            batch: BATCHES[seed % BATCHES.length],
            stream: generator(seed),
          });
          const where = `N ${features}, D ${dims}, density ${density}, batch ${instance.batch}`;
          expectReference(instance, seed, where);
        }
      }
    });

    it.runIf(epsilon < 1e-12)('has the gradient of central differences', () => {
      for (const [features, dims] of [
        [1, 1],
        [4, 3],
        [7, 2],
      ]) {
        const model = modelOf(kind, activation, features, dims);
        const instance = instanceOf(model);
        const error = gradientError(
          {
            size: parameterLayout(model).size,
            evaluate: (at, gradient) => kernel.gradient(instance, at, 0, gradient),
          },
          parametersOf(model, features),
        );
        // NaN if most directions cross a kink, where differences are meaningless.
        if (!hasKink(model) || !Number.isNaN(error)) expect(error).toBeLessThan(1e-5);
      }
    });

    it('evaluates to the mean of the reference over its own batches', () => {
      const model = modelOf(kind, activation, 7, 3);
      const instance = instanceOf(model, { batch: 41 });
      const stream = childGenerator(generator(9), 1);
      const { parameters } = kernel.begin(parametersOf(model, 2));
      let loss = 0;
      let bound = 0;
      for (let step = 0; step < 5; step++) {
        const batch = kernel.inputs({ ...instance, stream }, step);
        const at = Float64Array.from(parameters);
        loss += batchLoss(model, batch).evaluate(at, new Float64Array(at.length)) / 5;
        bound += roundingBounds(model, batch, parameters, epsilon).loss / 5;
      }
      const found = kernel.evaluate(instance, parameters, stream, 5);
      expect(Math.abs(found - loss)).toBeLessThanOrEqual(bound + 5 * epsilon * loss);
    });
  });

  it.each(CORRELATIONS)(
    'has the loss and gradient of the reference on its own batches of features %s',
    (_, correlationOf) => {
      let seed = 0;
      for (const kind of [KINDS['compression, tied'], KINDS['computation, free']]) {
        for (const [features, dims] of [
          [6, 3],
          [20, 5],
          [40, 30],
        ]) {
          for (const density of [0.3, 0.05, 0.003]) {
            seed++;
            const model = modelOf(kind, 'relu', features, dims);
            const marginal = distribution('gaussian', density);
            const instance = instanceOf(model, {
              inputs: { kind: 'correlated', marginal, correlation: correlationOf(features) },
              batch: BATCHES[seed % BATCHES.length],
              stream: generator(seed),
            });
            const where = `N ${features}, D ${dims}, density ${density}, batch ${instance.batch}`;
            const { parameters, loss } = expectReference(instance, seed, where);
            // A step uses the same batch.
            const losses = new Float64Array(4);
            kernel.advance(instance, { ...kernel.begin(parameters), step: 3 }, losses);
            expect(losses[0], where).toBe(loss);
          }
        }
      }
    },
  );

  it.each<[string, number, number, number, number]>([
    ['wide', 100, 20, 0.1, 64],
    ['wide and dense', 100, 20, 1, 50],
    ['wider', 400, 30, 0.02, 100],
    ['without any active entry', 5, 2, 1e-9, 33],
  ])('agrees with the reference for models that are %s', (__, features, dims, density, rows) => {
    const model = modelOf(KINDS['compression, tied'], 'relu', features, dims);
    const instance = instanceOf(model, {
      inputs: distribution('uniform-positive', density),
      batch: rows,
    });
    expectReference(instance, 3, `N ${features}, D ${dims}`);
  });
});
