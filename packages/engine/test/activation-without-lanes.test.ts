import { sampleSparse } from '@polysem/core/features';
import { generator } from '@polysem/numerics/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activationNames, activations, type Activation } from '../src/activations/registry.ts';
import { availableKernels, fastestKernel, kernelNamed } from '../src/kernels/fastest-kernel.ts';
import { typescriptKernel } from '../src/kernels/typescript-kernel.ts';
import type { CompressionModel } from '../src/models/toy-model.ts';
import { train } from '../src/training/train.ts';
import { positive, spec } from './training-cases.ts';

const sine = 'sine' as Activation;
const names = activationNames as Activation[];
const registry = activations as Record<string, unknown>;

const model: CompressionModel = {
  task: 'compression',
  activation: sine,
  features: 4,
  dims: 2,
  importance: [1, 1, 1, 1],
};

describe('an activation with float64 code only', () => {
  beforeAll(() => {
    names.push(sine);
    registry.sine = { name: 'sine', value: Math.sin, slope: Math.cos, hasKink: false };
  });
  afterAll(() => {
    delete registry.sine;
    names.pop();
  });

  it.each<[string, Parameters<typeof fastestKernel>[0]]>([
    ['the output', [model]],
    ['the hidden layer', [{ ...model, activation: 'relu', hiddenActivation: sine }]],
    ['the target', [{ task: 'vector-computation', activation: 'relu', target: sine }]],
    ['one of two models', [{ ...model, activation: 'relu' }, model]],
  ])('selects the typescript kernel, as the activation of %s', (_, models) => {
    expect(fastestKernel(models)).toBe(typescriptKernel);
  });

  it.each([
    ['with Adam', spec(model, { inputs: positive, steps: 20, batch: 16 })],
    [
      'with L-BFGS',
      spec(model, {
        inputs: positive,
        steps: 5,
        batch: 64,
        loss: 'sampled',
        optimiser: { name: 'lbfgs' },
      }),
    ],
  ])('trains %s with the typescript kernel by default', (_, task) => {
    const { best, loss } = train(task);
    expect(Number.isFinite(loss)).toBe(true);
    expect({ best, loss }).toEqual(
      (({ best: b, loss: l }) => ({ best: b, loss: l }))(train(task, { kernel: typescriptKernel })),
    );
  });

  it('is told apart from an unknown activation, which train refuses by name', () => {
    const unknown = { ...model, activation: 'cosine' as Activation };
    expect(() => train(spec(unknown, { inputs: positive, steps: 2, batch: 4 }))).toThrow(
      'activation: must be one of',
    );
  });

  it('is refused by WebAssembly kernels, both by train and by the kernels themselves', () => {
    const batch = sampleSparse(generator(1), positive, 4, 8);
    for (const kernel of availableKernels().filter((one) => one.name !== 'typescript')) {
      const message = 'kernel: sine has float64 code only';
      expect(() => kernelNamed(kernel.name, [model])).toThrow(message);
      expect(() => kernel.given(model, batch)).toThrow(message);
    }
    expect(kernelNamed('typescript', [model])).toBe(typescriptKernel);
  });
});
