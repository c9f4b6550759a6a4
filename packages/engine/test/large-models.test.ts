import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { resolveInputs } from '@polysem/core/features';
import { childGenerator, generator, normal } from '@polysem/numerics/random';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { availableKernels } from '../src/kernels/fastest-kernel.ts';
import type { Instance, InstanceState } from '../src/kernels/kernel.ts';
import { computeBatch } from '../src/kernels/large/large-batch.ts';
import { buildLarge, writeInputs } from '../src/kernels/large/large-machine.ts';
import { largeMemory } from '../src/kernels/large/large-memory.ts';
import { densityClasses, largeShape, type LargeShape } from '../src/kernels/large/large-shape.ts';
import { drawnInputs, type DrawnInputs } from '../src/kernels/program/drawing.ts';
import { writeModel } from '../src/kernels/write-model.ts';
import { batchLoss } from '../src/models/batch-loss.ts';
import { parameterLayout } from '../src/models/parameters.ts';
import type { CompressionModel } from '../src/models/toy-model.ts';
import { roundingBounds } from './rounding-bounds.ts';

const kernels = availableKernels().filter(({ name }) => name !== 'typescript');

/** Sizes that are no multiples of tiles, blocks, vectors or chunks. */
const FEATURES = 1003;
const DIMS = 70;

const model: CompressionModel = {
  task: 'compression',
  activation: 'relu',
  features: FEATURES,
  dims: DIMS,
  importance: Array.from({ length: FEATURES }, (_, i) => 1 / (1 + i / 100)),
};

/** About 8 active features per row, with densities in proportion to 1 / i. */
function instanceOf(overrides: Partial<Instance> = {}): Instance {
  const densities = Array.from({ length: FEATURES }, (_, i) => Math.min(1, 1.25 / (i + 1)));
  const distribution = { shape: 'uniform', unitVariance: false } as const;
  return {
    model,
    inputs: resolveInputs(
      densities.map((density) => ({ ...distribution, density })),
      FEATURES,
    ),
    batch: 150,
    optimiser: firstOrderDefaults.adamw,
    learningRate: 1e-3,
    schedule: { shape: 'constant', warmUp: 0 },
    steps: 10,
    clip: null,
    stream: childGenerator(generator(5), 1),
    ...overrides,
  };
}

/** Weights near those of training, and biases that clip most outputs. */
function parametersOf(): Float32Array {
  const g = generator(7);
  const parameters = new Float32Array(parameterLayout(model).size);
  for (let j = 0; j < parameters.length; j++)
    parameters[j] = j < FEATURES * DIMS ? normal(g) / Math.sqrt(DIMS) : 0.1 * normal(g) - 0.2;
  return parameters;
}

/** A digest of a state; comparing arrays of many numbers takes seconds. */
function digestOf({ parameters, first, second, step }: InstanceState): string {
  const hash = createHash('sha256').update(String(step));
  for (const part of [parameters, first, second]) hash.update(new Uint8Array(part.slice().buffer));
  return hash.digest('hex');
}

function shapeOf(instance: Instance): { shape: LargeShape; drawn: DrawnInputs } {
  const drawn = drawnInputs(instance);
  const shape = drawn === null ? null : largeShape(instance, drawn, false);
  if (drawn === null || shape === null) throw new Error('the instance is not large');
  return { shape, drawn };
}

describe.each(kernels)('large models in the kernel $name', (kernel) => {
  it('have the loss and gradient of the reference, within its rounding bounds', () => {
    const parameters = parametersOf();
    for (const instance of [
      instanceOf(),
      instanceOf({ model: { ...model, activation: 'squared-relu', bias: false }, batch: 3 }),
    ]) {
      const { size } = parameterLayout(instance.model);
      const own = parameters.subarray(0, size);
      const batch = kernel.inputs(instance, 3);
      const expected = new Float64Array(size);
      const exact = batchLoss(instance.model, batch).evaluate(Float64Array.from(own), expected);
      const gradient = new Float64Array(size);
      const loss = kernel.gradient(instance, own, 3, gradient);
      const bounds = roundingBounds(instance.model, batch, own, 2 ** -24);
      expect(Math.abs(loss - exact)).toBeLessThan(bounds.loss);
      const outside = gradient.findIndex(
        (g, j) => !(Math.abs(g - expected[j]) <= bounds.gradient[j]),
      );
      expect(outside).toBe(-1);
      expect(expected.some((g) => g !== 0)).toBe(true);
    }
  });

  it('are evaluated on the batches of a stream, with the same losses as one by one', () => {
    const instance = instanceOf();
    const parameters = parametersOf();
    const each = new Float64Array(3);
    const mean = kernel.evaluate(instance, parameters, instance.stream, 3, each);
    const gradient = new Float64Array(parameters.length);
    const losses = [0, 1, 2].map((step) => kernel.gradient(instance, parameters, step, gradient));
    expect([...each]).toEqual(losses);
    expect(mean).toBe((losses[0] + losses[1] + losses[2]) / 3);
  });

  it('give the same bytes however steps are divided into calls', () => {
    const instance = instanceOf({ clip: 0.01 });
    const whole = kernel.begin(parametersOf());
    const losses = new Float64Array(3);
    expect(kernel.advance(instance, whole, losses)).toBe(3);
    let pieces = kernel.begin(parametersOf());
    const some: number[] = [];
    for (const steps of [1, 2]) {
      const part = new Float64Array(steps);
      kernel.advance(instance, pieces, part);
      some.push(...part);
      // A copy, as one that was stored, and other parameters in the memory.
      pieces = structuredClone(pieces);
      kernel.evaluate(instance, parametersOf(), instance.stream, 1);
    }
    expect(digestOf(pieces)).toBe(digestOf(whole));
    expect(some).toEqual([...losses]);
    expect(digestOf(whole)).not.toBe(digestOf({ ...kernel.begin(parametersOf()), step: 3 }));
  });

  it('have arrays that are up to date whenever they are read, also after the next model', () => {
    const instance = instanceOf();
    const often = kernel.begin(parametersOf());
    const seldom = kernel.begin(parametersOf());
    for (let step = 0; step < 3; step++) {
      kernel.advance(instance, often, new Float64Array(1));
      expect(often.parameters[0]).not.toBe(parametersOf()[0]);
      expect(often.second[0]).toBeGreaterThan(0);
    }
    for (let step = 0; step < 3; step++) kernel.advance(instance, seldom, new Float64Array(1));
    kernel.advance(instance, kernel.begin(parametersOf()), new Float64Array(1));
    expect(digestOf(structuredClone(seldom))).toBe(digestOf(often));
    expect(Object.keys(seldom)).toEqual(Object.keys(often));
  });

  it('stop before a step whose loss is not finite, and leave the state unchanged', () => {
    const state = kernel.begin(parametersOf().fill(1e18));
    const before = digestOf(state);
    expect(kernel.advance(instanceOf(), state, new Float64Array(2))).toBe(0);
    expect(digestOf(state)).toBe(before);
  });
});

describe('the code for large models', () => {
  it('samples features at their densities', () => {
    const instance = instanceOf({ batch: 4000 });
    const { indices, values, rowStarts } = kernels[0].inputs(instance, 0);
    const counts = new Uint32Array(FEATURES);
    for (const feature of indices) counts[feature]++;
    const { inputs } = instance;
    if (inputs.kind === 'rows') throw new Error('the inputs are a distribution');
    const scores = inputs.marginals
      .map(({ density: p }, i) => (counts[i] - 4000 * p) / Math.sqrt(4000 * p * (1 - p)))
      .filter(Number.isFinite);
    // The sum of about 1000 squares with mean 1, and a variance of 2 to 3 where a feature is active a few times.
    const squares = scores.reduce((sum, z) => sum + z * z, 0);
    expect(Math.abs(squares / scores.length - 1)).toBeLessThan(5 * Math.sqrt(3 / scores.length));
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(6);
    expect(counts[0]).toBe(4000);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(3 * values.length));
    expect(rowStarts.at(-1)).toBe(indices.length);
  });

  it('divides features into classes within a factor of 2', () => {
    const classes = densityClasses([0.11, 0.9, 0.5, 0.05, 0.2, 0.45]);
    expect(classes.map(({ members }) => members)).toEqual([[1, 2], [5], [4, 0], [3]]);
  });

  it('computes the same bytes with wide vectors and with any number of panels in memory', () => {
    const instance = instanceOf();
    const { shape, drawn } = shapeOf(instance);
    const gradients = [shape, { ...shape, isWide: true }, { ...shape, slots: 1 }].map((one) => {
      const machine = buildLarge(one);
      const { memory, buffer } = machine;
      new Uint32Array(buffer, memory.stream, 4).set([1, 2, 3, 4]);
      writeModel(machine, model, instance.batch);
      writeInputs(machine, drawn);
      const { size } = shape.parameters;
      new Float32Array(buffer, memory.parameters, size).set(parametersOf());
      const loss = computeBatch(machine, instance.batch, 2, true);
      const gradient = new Float32Array(buffer, memory.gradient, size);
      return digestOf({ parameters: gradient, first: gradient, second: gradient, step: loss });
    });
    expect(gradients).toEqual([gradients[0], gradients[0], gradients[0]]);
  });

  it('keeps the lists of 10,240 features in less than half a gigabyte', () => {
    const { shape } = shapeOf(instanceOf());
    const whole = { ...shape, features: 10_240, dims: 500, slots: 16 };
    const parameters = { ...shape.parameters, size: 10_240 * 501 };
    expect(largeMemory({ ...whole, parameters }, 1).pages).toBeLessThan(2 ** 13);
  });

  it('refuses a model that WebAssembly cannot address, with its size', () => {
    const { shape } = shapeOf(instanceOf());
    const parameters = { ...shape.parameters, size: 100_000 * 10_001 };
    const whole = { ...shape, features: 100_000, dims: 10_000, parameters };
    expect(() => buildLarge(whole)).toThrow(
      /^model: 100000 features x 10000 dimensions take 1\d\.\d GB to train, more than the 4\.3 GB that WebAssembly can address/,
    );
  });

  it.each<[string, Partial<Instance>]>([
    ['of few weights', { model: { ...model, dims: 20 } }],
    ['with untied weights', { model: { ...model, tied: false } }],
    ['without a rectifier', { model: { ...model, activation: 'gelu' } }],
    [
      'with dense inputs',
      { inputs: resolveInputs({ shape: 'uniform', density: 0.5, unitVariance: false }, FEATURES) },
    ],
  ])('is not used for models %s', (_, overrides) => {
    const instance = instanceOf(overrides);
    const drawn = drawnInputs(instance);
    expect(drawn && largeShape(instance, drawn, false)).toBeNull();
  });
});
