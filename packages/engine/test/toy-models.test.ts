import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activationNames as names,
  activations,
  type Activation,
} from '../src/activations/registry.ts';
import type { Loss } from '../src/models/loss.ts';
import { batchLoss } from '../src/models/batch-loss.ts';
import {
  checkModel,
  type CompressionModel,
  type ComputationModel,
  type ToyModel,
} from '../src/models/toy-model.ts';
import { generator, normal } from '@polysem/numerics/random';
import { normalCdf } from '@polysem/numerics/elementary';
import { parameterLayout } from '../src/models/parameters.ts';
import { quadraticBatchLoss } from '../src/models/quadratic-batch-loss.ts';
import { sampleSparse, type FeatureDistribution } from '@polysem/core/features';
import { gradientError } from '../../core/test/fixtures.ts';

const positive = (density: number): FeatureDistribution => ({
  shape: 'uniform-positive',
  density,
  unitVariance: false,
});

const sizes = fc.record({
  features: fc.integer({ min: 1, max: 7 }),
  pick: fc.nat(),
  density: fc.double({ min: 0.1, max: 1, noNaN: true }),
  seed: fc.nat(),
});

function randomParameters(size: number, seed: number): Float64Array {
  const g = generator(seed);
  return Float64Array.from({ length: size }, () => 0.7 * normal(g));
}

describe('activations', () => {
  it('gelu uses the exact normal distribution, tails included', () => {
    // Abramowitz & Stegun, table 26.1 and 26.2.
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 14);
    expect(normalCdf(-3)).toBeCloseTo(0.001349898031630095, 16);
    expect(normalCdf(-10) / 7.619853024160527e-24).toBeCloseTo(1, 12);
    for (let x = -8; x <= 8; x += 0.37) expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 14);
    expect([normalCdf(Infinity), normalCdf(-Infinity), normalCdf(NaN)]).toEqual([1, 0, NaN]);
  });
});

describe('gradientError', () => {
  const lossOf = (value: (x: number) => number, slope: (x: number) => number): Loss => ({
    size: 1,
    evaluate: (x, gradient) => {
      gradient[0] = slope(x[0]);
      return value(x[0]);
    },
  });
  const errorAt = (x: number, loss: Loss) => gradientError(loss, Float64Array.of(x));
  const square = (x: number) => x * x;

  it('is small for a right gradient and large for a wrong one', () => {
    expect(
      errorAt(
        1,
        lossOf(square, (x) => 2 * x),
      ),
    ).toBeLessThan(1e-9);
    expect(
      errorAt(
        1,
        lossOf(square, () => 3),
      ),
    ).toBeCloseTo(0.25, 6);
  });

  it('is NaN at a kink, and infinite where the loss or the gradient is not a number', () => {
    expect(errorAt(1e-4, lossOf(Math.abs, Math.sign))).toBeNaN();
    expect(
      errorAt(
        1,
        lossOf(square, () => NaN),
      ),
    ).toBe(Infinity);
    expect(
      errorAt(
        1,
        lossOf(square, () => Infinity),
      ),
    ).toBe(Infinity);
    expect(
      errorAt(
        1,
        lossOf(
          () => NaN,
          (x) => 2 * x,
        ),
      ),
    ).toBe(Infinity);
  });
});

describe('the models', () => {
  it.each(names)('computation with %s has the gradient of finite differences', (activation) => {
    fc.assert(
      fc.property(
        sizes,
        fc.constantFrom('fixed' as const, 'free' as const),
        fc.boolean(),
        ({ features, pick, density, seed }, outputWeights, bias) => {
          const importance = Array.from({ length: features }, (_, i) => 0.5 + i / 3);
          const model: ComputationModel = {
            task: 'computation',
            activation,
            features,
            dims: 1 + (pick % features),
            importance,
            outputWeights,
            bias,
          };
          const loss = batchLoss(
            model,
            sampleSparse(
              generator(seed),
              { shape: 'uniform', density, unitVariance: true },
              features,
              30,
            ),
          );
          const error = gradientError(loss, randomParameters(loss.size, seed + 1));
          // NaN: most directions cross a kink, where differences are meaningless.
          fc.pre(!activations[activation].hasKink || !Number.isNaN(error));
          expect(error).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each(names)('compression with %s has the gradient of finite differences', (activation) => {
    fc.assert(
      fc.property(
        sizes,
        fc.boolean(),
        fc.boolean(),
        ({ features, pick, density, seed }, tied, bias) => {
          const importance = Array.from({ length: features }, (_, i) => 0.5 + i / 3);
          const model: CompressionModel = {
            task: 'compression',
            activation,
            features,
            dims: 1 + (pick % features),
            importance,
            tied,
            bias,
          };
          const loss = batchLoss(
            model,
            sampleSparse(generator(seed), positive(density), features, 30),
          );
          const error = gradientError(loss, randomParameters(loss.size, seed + 1));
          // NaN: most directions cross a kink, where differences are meaningless.
          fc.pre(!activations[activation].hasKink || !Number.isNaN(error));
          expect(error).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('vector computation with any activations has the gradient of finite differences', () => {
    const smooth = names.filter((name) => !activations[name].hasKink);
    fc.assert(
      fc.property(
        sizes,
        fc.constantFrom(...names),
        fc.constantFrom(...smooth),
        fc.constantFrom(...smooth),
        fc.constantFrom('loss-weight' as const, 'target-coefficient' as const),
        ({ features, pick, density, seed }, target, hiddenActivation, activation, role) => {
          const importance = Array.from({ length: features }, (_, i) => 0.5 + i / 3);
          const dims = 1 + (pick % features);
          const base = { features, dims, importance, importanceRole: role };
          const model: ToyModel =
            target === 'linear'
              ? { task: 'compression', activation, hiddenActivation, ...base }
              : { task: 'vector-computation', target, hiddenActivation, activation, ...base };
          const batch = sampleSparse(generator(seed), positive(density), features, 30);
          const weights = Float64Array.from({ length: 30 }, (_, row) => row / 600);
          const loss = batchLoss(model, { ...batch, weights, emptyWeight: 0.2 });
          const error = gradientError(loss, randomParameters(loss.size, seed + 1));
          expect(error).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('two neurons compute the absolute value of one feature exactly', () => {
    const model = {
      task: 'vector-computation',
      target: 'abs',
      hiddenActivation: 'relu',
      activation: 'relu',
      features: 2,
      dims: 2,
      importance: [1, 1e-9],
    } as const;
    const loss = batchLoss(
      model,
      sampleSparse(generator(1), { shape: 'uniform', density: 1, unitVariance: false }, 2, 50),
    );
    // h = (relu(x_0), relu(-x_0)), y_0 = h_0 + h_1; W and U feature-major, then b.
    const parameters = Float64Array.of(1, -1, 0, 0, 1, 1, 0, 0, 0, 0);
    expect(loss.evaluate(parameters, new Float64Array(10))).toBeLessThan(1e-8);
  });

  it('computation with the quadratic activation is the model of the theory at the best bias', () => {
    const importance = [1, 2, 0.5];
    const model = {
      task: 'computation',
      activation: 'quadratic',
      features: 3,
      dims: 2,
      importance,
    } as const;
    const batch = sampleSparse(
      generator(1),
      { shape: 'laplace', density: 0.4, unitVariance: true },
      3,
      400,
    );
    const withBias = batchLoss(model, batch);
    const w = randomParameters(6, 2);
    const parameters = Float64Array.from([...w, 0]);
    const gradient = new Float64Array(7);
    // The loss is a parabola in b, with curvature 2.
    withBias.evaluate(parameters, gradient);
    parameters[6] -= gradient[6] / 2;
    const best = withBias.evaluate(parameters, gradient);
    expect(best).toBeCloseTo(quadraticBatchLoss(model, batch).evaluate(w, new Float64Array(6)), 9);
  });

  it('compression agrees with the closed forms for 2 features in 1 dimension', () => {
    // ReLU output, inputs uniform on [0, 1] times Bernoulli(s), importance 1 and r, no bias, loss summed over features.
    const [s, r, rows] = [0.3, 0.4, 400_000];
    const model: CompressionModel = {
      task: 'compression',
      activation: 'relu',
      features: 2,
      dims: 1,
      importance: [1, r],
      bias: false,
    };
    const loss = batchLoss(model, sampleSparse(generator(5), positive(s), 2, rows));
    const at = (...w: number[]): number => loss.evaluate(Float64Array.from(w), new Float64Array(2));
    // Standard errors from E x^4 = s / 5 and below.
    const tolerance = 5 * Math.sqrt(s / 5 / rows);
    // One feature with unit weight, the other dropped: E x^2 = s / 3.
    expect(Math.abs(at(1, 0) - (r * s) / 3)).toBeLessThan(tolerance);
    expect(Math.abs(at(0, 1) - s / 3)).toBeLessThan(tolerance);
    // Antipodal: (1 + r) s^2 / 6, from both active.
    expect(Math.abs(at(1, -1) - ((1 + r) * s * s) / 6)).toBeLessThan(tolerance);
    // With the best bias, the loss of the dropped feature is its variance, s / 3 - s^2 / 4.
    const biased = batchLoss(
      { ...model, bias: true },
      sampleSparse(generator(6), positive(s), 2, rows),
    );
    const dropped = biased.evaluate(Float64Array.of(1, 0, 0, s / 2), new Float64Array(4));
    expect(Math.abs(dropped - r * (s / 3 - (s * s) / 4))).toBeLessThan(tolerance);
  });
});

describe('parameterLayout', () => {
  it('places the parts of every model one after another without gaps', () => {
    const importance = [1, 1, 1];
    const base = { features: 3, dims: 2, importance, activation: 'relu' } as const;
    const size = (model: ToyModel): number => parameterLayout(model).size;
    expect(size({ task: 'computation', ...base })).toBe(6 + 1);
    expect(size({ task: 'computation', ...base, outputWeights: 'free' })).toBe(6 + 1 + 2);
    expect(size({ task: 'compression', ...base })).toBe(6 + 3);
    expect(size({ task: 'compression', ...base, tied: false })).toBe(6 + 6 + 3);
    expect(size({ task: 'compression', ...base, bias: false })).toBe(6);
  });

  it('rejects malformed models, naming the field', () => {
    const model: ToyModel = {
      task: 'compression',
      activation: 'relu',
      features: 2,
      dims: 1,
      importance: [1, 1],
    };
    expect(() => checkModel({ ...model, activation: 'sine' as Activation })).toThrow(
      'activation: must be one of abs',
    );
    expect(() => checkModel({ ...model, task: 'magic' as 'compression' })).toThrow('task');
    expect(() => checkModel({ ...model, dims: 3 })).toThrow('dims');
    expect(() => checkModel({ ...model, importance: [1] })).toThrow('importance');
  });
});
