import { resolveInputs } from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { availableKernels } from '../src/kernels/fastest-kernel.ts';
import type { Instance } from '../src/kernels/kernel.ts';
import type { Method } from '../src/kernels/program/method.ts';
import { wasmKernel } from '../src/kernels/wasm-kernel.ts';
import { capability } from '../../numerics/src/wasm/capabilities.ts';
import { parameterLayout } from '../src/models/parameters.ts';
import type { CompressionModel, ComputationModel, ToyModel } from '../src/models/toy-model.ts';
import { normal } from '@polysem/numerics/random';
import { generator, childGenerator } from '@polysem/numerics/random';

const isFused = capability() === 'fma';

function compression(features: number, dims: number, rest = {}): CompressionModel {
  const importance = Array.from({ length: features }, (_, i) => 1 / (1 + i));
  return { task: 'compression', activation: 'relu', features, dims, importance, ...rest };
}

function computation(features: number, dims: number, rest = {}): ComputationModel {
  const importance = Array.from({ length: features }, (_, i) => 1 / (1 + i));
  return { task: 'computation', activation: 'quadratic', features, dims, importance, ...rest };
}

function instanceOf(model: ToyModel, density: number, rest: Partial<Instance> = {}): Instance {
  return {
    model,
    inputs: resolveInputs({ shape: 'uniform', density, unitVariance: false }, model.features),
    batch: 500,
    optimiser: firstOrderDefaults.adam,
    learningRate: 0.01,
    schedule: { shape: 'constant', warmUp: 0 },
    steps: 1000,
    clip: null,
    stream: childGenerator(generator(1), 2),
    ...rest,
  };
}

function startOf(model: ToyModel, seed: number): Float32Array {
  const g = generator(seed);
  return Float32Array.from({ length: parameterLayout(model).size }, () => 0.3 * normal(g));
}

describe('the methods', () => {
  it('compact, sparse and gram draw the same inputs and give the same loss and gradient', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(0.3, 0.05, 0.002),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 400 }),
        (features, dims, density, isCompression, flag, batch) => {
          const d = Math.min(dims, features);
          const model = isCompression
            ? compression(features, d, {
                tied: flag,
                bias: batch % 2 === 0,
                activation: batch % 3 === 0 ? 'gelu' : 'relu',
              })
            : computation(features, d, { outputWeights: flag ? 'free' : 'fixed' });
          const instance = instanceOf(model, density, { batch });
          const start = startOf(model, batch);
          const methods = [
            'compact',
            'sparse',
            ...(isCompression ? ['gram' as const] : []),
          ] as const;
          const [compact, ...others] = methods.map((method) => {
            const kernel = wasmKernel(isFused, method);
            const gradient = new Float64Array(start.length);
            const loss = kernel.gradient(instance, start, 3, gradient);
            return { loss, gradient, inputs: kernel.inputs(instance, 3) };
          });
          // Each number is a sum of the same at most `active` float32 products, in another order.
          const active = compact.inputs.values.length + batch;
          const scale = compact.gradient.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3);
          const tolerance = 2 ** -24 * (8 * Math.sqrt(active) + 4 * (features + d));
          for (const { loss, gradient, inputs } of others) {
            expect(inputs).toEqual(compact.inputs);
            expect(Math.abs(loss - compact.loss)).toBeLessThanOrEqual(tolerance * compact.loss);
            compact.gradient.forEach((x, j) =>
              expect(Math.abs(gradient[j] - x)).toBeLessThan(4 * tolerance * scale),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('follow the same law of inputs: mean losses at the same weights agree', () => {
    const model = compression(6, 3);
    const start = startOf(model, 8);
    const instance = instanceOf(model, 0.2);
    const batches = 400;
    const losses = (['dense', 'compact', 'sparse', 'gram'] as const).map((method) =>
      wasmKernel(isFused, method).evaluate(
        instance,
        start,
        childGenerator(generator(5), 1),
        batches,
      ),
    );
    // The standard error is estimated from the spread of single batches.
    const kernel = wasmKernel(isFused, 'dense');
    const single = Array.from({ length: 50 }, (_, i) =>
      kernel.evaluate(instance, start, childGenerator(generator(6), i), 1),
    );
    const mean = single.reduce((sum, x) => sum + x, 0) / single.length;
    const deviation = Math.sqrt(
      single.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (single.length - 1),
    );
    const error = deviation / Math.sqrt(batches);
    expect(Math.abs(losses[0] - losses[1])).toBeLessThan(6 * error);
    expect(losses[2]).toBeCloseTo(losses[1], 6);
    expect(losses[3]).toBeCloseTo(losses[1], 6);
  });
});

describe('inputs at the ends of the range of uniform numbers', () => {
  /** The mean of sum_i v_i x_i^2 over batches: the loss of a model without weights. */
  function meanSquare(
    method: Method,
    batches: number,
    rest: Partial<Instance> & { readonly importance: readonly number[] },
  ): number {
    const { importance, ...more } = rest;
    const features = importance.length;
    const model = compression(features, 1, { activation: 'linear', bias: false, importance });
    const instance = instanceOf(model, 1, more);
    return wasmKernel(isFused, method).evaluate(
      instance,
      new Float32Array(features),
      instance.stream,
      batches,
    );
  }

  it('are finite, also where u / p rounds up to 1', () => {
    // At this density 2^-24 of the samples were infinite or huge: 8 of these 2^27, with squares
    // above 1e15.
    const importance = Array.from({ length: 64 }, () => 1 / 64);
    const inputs = {
      shape: 'student-t' as const,
      degreesOfFreedom: 5,
      density: 0.85,
      unitVariance: true,
    };
    const square = meanSquare('dense', 64, {
      importance,
      inputs: resolveInputs(inputs, importance.length),
      batch: 2 ** 15,
    });
    // The kurtosis of 10.6 gives 2^27 squares a standard error of 3e-4.
    expect(Math.abs(square - 1)).toBeLessThan(2e-3);
  });

  it('have the exact density if one feature is extremely rare and another is not', () => {
    const density = 2e-12;
    const importance = Array.from({ length: 64 }, (_, i) => (i === 0 ? 1e-9 : 1));
    const inputs = importance.map((_, i) => ({
      shape: 'rademacher' as const,
      density: i === 0 ? 1e-3 : density,
      unitVariance: false,
    }));
    const [batch, batches] = [2 ** 20, 4000];
    const square = meanSquare('compact', batches, {
      importance,
      inputs: resolveInputs(inputs, importance.length),
      batch,
    });
    // The expected count is 0.5; uniform numbers of 24 bits would give 16.
    expect(Math.round(square * batch * batches)).toBeLessThanOrEqual(4);
  });
});

describe.each(availableKernels().filter((kernel) => kernel.name !== 'typescript'))(
  '$name',
  (kernel) => {
    it('gives the same bytes however steps are divided into calls, and from a copy of its state', () => {
      for (const density of [0.8, 0.1, 0.01]) {
        const model = compression(20, 5);
        const instance = instanceOf(model, density);
        const whole = kernel.begin(startOf(model, 1));
        const losses = new Float64Array(700);
        expect(kernel.advance(instance, whole, losses)).toBe(700);
        let parts = kernel.begin(startOf(model, 1));
        const seen: number[] = [];
        for (const steps of [1, 9, 90, 600]) {
          const some = new Float64Array(steps);
          kernel.advance(instance, parts, some);
          // Use an instance of the same structure and one of another structure in between.
          kernel.advance(
            instanceOf(model, density, { learningRate: 1 }),
            kernel.begin(startOf(model, 2)),
            new Float64Array(3),
          );
          kernel.gradient(
            instanceOf(compression(7, 2), density),
            startOf(compression(7, 2), 1),
            0,
            new Float64Array(100),
          );
          parts = structuredClone(parts);
          seen.push(...some);
        }
        expect(parts).toEqual(whole);
        expect(seen).toEqual(Array.from(losses));
      }
    });

    it('stops before a step whose loss is not finite', () => {
      const model = compression(6, 2, { activation: 'quadratic' });
      const instance = instanceOf(model, 0.5, {
        optimiser: firstOrderDefaults.sgd,
        learningRate: 50,
      });
      const state = kernel.begin(startOf(model, 3));
      const losses = new Float64Array(100).fill(-1);
      const taken = kernel.advance(instance, state, losses);
      expect(taken).toBeLessThan(100);
      expect(state.step).toBe(taken);
      expect(losses.subarray(0, taken).every((loss) => Number.isFinite(loss))).toBe(true);
      expect(losses[taken]).toBe(-1);
      expect(kernel.advance(instance, state, losses)).toBe(0);
    });

    it('draws a new batch at every step, and the same batch again for the same step', () => {
      const instance = instanceOf(compression(10, 3), 0.3);
      const [first, second, again] = [4, 5, 4].map((step) => kernel.inputs(instance, step));
      expect(first).toEqual(again);
      expect(first.values).not.toEqual(second.values);
    });

    it('rejects a batch that its memory cannot address', () => {
      const model = compression(10, 3);
      const start = startOf(model, 1);
      const gradient = new Float64Array(start.length);
      expect(() =>
        kernel.gradient(instanceOf(model, 0.1, { batch: 2 ** 28 }), start, 0, gradient),
      ).toThrow(/^batch: 268435456 inputs of 10 features/);
    });

    it('trains any number of structures', () => {
      for (let features = 1; features <= 70; features++) {
        const model = compression(features, 1);
        const state = kernel.begin(startOf(model, 1));
        expect(kernel.advance(instanceOf(model, 0.5), state, new Float64Array(2))).toBe(2);
      }
    });
  },
);
