import { describe, expect, it } from 'vitest';
import { availableKernels } from '../src/kernels/fastest-kernel.ts';
import { batchLoss } from '../src/models/batch-loss.ts';
import { generator, normal, childGenerator, uniform } from '@polysem/numerics/random';
import { parameterLayout } from '../src/models/parameters.ts';
import { sampleSparse, type SparseBatch, type WeightedBatch } from '@polysem/core/features';
import type { ToyModel } from '../src/models/toy-model.ts';
import { roundingBounds } from './rounding-bounds.ts';

const sized = (features: number, dims: number) => ({
  features,
  dims,
  importance: Array.from({ length: features }, (_, i) => 0.5 + i),
});

const MODELS: readonly (readonly [string, ToyModel])[] = [
  ['pentagon', { task: 'compression', activation: 'relu', ...sized(5, 2) }],
  ['gelu', { task: 'compression', activation: 'gelu', tied: false, ...sized(6, 3) }],
  [
    'abs',
    {
      task: 'vector-computation',
      target: 'abs',
      hiddenActivation: 'relu',
      activation: 'relu',
      ...sized(7, 5),
    },
  ],
  [
    'softplus within',
    {
      task: 'compression',
      hiddenActivation: 'softplus',
      activation: 'tanh',
      importanceRole: 'target-coefficient',
      ...sized(4, 3),
    },
  ],
  ['computation', { task: 'computation', activation: 'relu', ...sized(6, 3) }],
  [
    'free computation without bias',
    {
      task: 'computation',
      activation: 'softplus',
      outputWeights: 'free',
      bias: false,
      ...sized(6, 3),
    },
  ],
  ['wide', { task: 'compression', activation: 'relu', ...sized(60, 20) }],
];

function weigh(batch: SparseBatch, emptyWeight: number, seed: number): WeightedBatch {
  const g = generator(seed);
  const raw = Float64Array.from({ length: batch.rows }, () => uniform(g) ** 4);
  const sum = raw.reduce((a, b) => a + b, 0);
  return { ...batch, emptyWeight, weights: raw.map((w) => ((1 - emptyWeight) * w) / sum) };
}

describe.each(availableKernels().map((kernel) => ({ kernel })))(
  'the loss on given inputs by $kernel.name',
  ({ kernel }) => {
    const epsilon = kernel.name === 'typescript' ? 2 ** -53 : 2 ** -24;
    it.each(MODELS)('equals that of the reference: %s', (_, model) => {
      const layout = parameterLayout(model);
      for (const [seed, rows] of [1, 15, 16, 300, 1000].entries()) {
        const inputs = { shape: 'uniform', density: 0.3, unitVariance: false } as const;
        const plain = sampleSparse(
          childGenerator(generator(seed), 0),
          inputs,
          model.features,
          rows,
        );
        for (const batch of [plain, weigh(plain, 0.25, seed), weigh(plain, 0, seed)]) {
          const g = childGenerator(generator(seed), 1);
          const parameters = Float64Array.from({ length: layout.size }, () =>
            Math.fround(normal(g) / Math.sqrt(model.dims)),
          );
          const exact = new Float64Array(layout.size);
          const found = new Float64Array(layout.size).fill(NaN);
          const loss = batchLoss(model, batch).evaluate(parameters, exact);
          const bounds = roundingBounds(model, batch, parameters, epsilon);
          const foundLoss = kernel.given(model, batch).evaluate(parameters, found);
          expect(Math.abs(foundLoss - loss)).toBeLessThanOrEqual(bounds.loss);
          found.forEach((value, j) =>
            expect(Math.abs(value - exact[j]), `parameter ${j}`).toBeLessThanOrEqual(
              bounds.gradient[j],
            ),
          );
        }
      }
    });

    it('keeps alternating losses separate, and gives weights of 1 / rows the result without weights', () => {
      const [, [, model]] = MODELS;
      const inputs = { shape: 'uniform', density: 0.3, unitVariance: false } as const;
      const batch = sampleSparse(generator(1), inputs, model.features, 40);
      const weights = new Float64Array(40).fill(1 / 40);
      const doubled = { ...model, importance: model.importance.map((v) => 2 * v) };
      const losses = [
        kernel.given(model, batch),
        kernel.given(model, { ...batch, weights, emptyWeight: 0 }),
        kernel.given(doubled, batch),
        kernel.given(model, sampleSparse(generator(2), inputs, model.features, 4000)),
      ];
      const at = Float64Array.from({ length: parameterLayout(model).size }, (_, j) => j % 3);
      const evaluate = () => losses.map((loss) => loss.evaluate(at, new Float64Array(at.length)));
      const first = evaluate();
      expect(evaluate()).toEqual(first);
      expect(first[1]).toBe(first[0]);
      expect(first[2] / first[0]).toBeCloseTo(2, 5);
      expect(first[3]).not.toBe(first[0]);
    });

    it('rejects a batch with another number of features', () => {
      const [[, model]] = MODELS;
      const inputs = { shape: 'uniform', density: 0.3, unitVariance: false } as const;
      expect(() => kernel.given(model, sampleSparse(generator(1), inputs, 3, 5))).toThrow(
        'batch: has 3 features, the model 5',
      );
    });
  },
);
