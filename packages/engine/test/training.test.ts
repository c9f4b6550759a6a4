import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateQuadratic } from '@polysem/core/theory';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { planTraining } from '../src/training/plan.ts';
import { train } from '../src/training/train.ts';
import {
  trainingDefaults,
  type Optimiser,
  type TrainingSpec,
} from '../src/training/training-spec.ts';
import type { ToyModel } from '../src/models/toy-model.ts';

function spec(
  overrides: Omit<Partial<TrainingSpec>, 'optimiser'> & {
    importance?: number[];
    dims?: number;
    density?: number;
    optimiser?: Optimiser['name'] | Optimiser;
  } = {},
): TrainingSpec {
  const {
    importance = [2, 1, 1, 1, 0.6, 0.3],
    dims = 3,
    density = 0.1,
    optimiser,
    ...rest
  } = overrides;
  const model: ToyModel = {
    task: 'computation',
    activation: 'quadratic',
    features: importance.length,
    dims,
    importance,
  };
  const name = typeof optimiser === 'object' ? optimiser.name : optimiser;
  return {
    model,
    inputs: { shape: 'uniform', density, unitVariance: true },
    ...trainingDefaults(model, rest.loss, name),
    ...(typeof optimiser === 'object' && { optimiser }),
    seed: 1,
    ...rest,
  };
}

describe('features of importance 0', () => {
  it.each([
    [[2, 1, 0, 1, 0], 2],
    [[1, 0, 0], 2],
    [[0, 0, 3], 1],
  ])('get no capacity in the quadratic model: %j in %i dimensions', (importance, dims) => {
    for (const loss of ['exact', 'sampled'] as const) {
      const { capacity, loss: trained } = train(
        spec({ importance, dims, loss, restarts: 2, optimiser: 'lbfgs' }),
      );
      const best = allocateQuadratic({ importance, kurtosis: 18, dims });
      importance.forEach((v, i) => {
        if (v > 0) return;
        expect(best.capacity[i]).toBe(0);
        // The products of a sample are correlated a little.
        if (loss === 'exact') expect(capacity[i]).toBe(0);
        else expect(capacity[i]).toBeLessThan(1e-3);
      });
      if (loss === 'exact') expect(trained - best.loss).toBeLessThan(1e-6 * (1 + best.loss));
    }
  });

  it.each(['loss-weight', 'target-coefficient'] as const)(
    'lose their capacity in compression: importance as %s',
    (importanceRole) => {
      const importance = [1, 1, 1, 0];
      const model: ToyModel = {
        task: 'compression',
        activation: 'relu',
        features: 4,
        dims: 2,
        importance,
        importanceRole,
      };
      const inputs = { shape: 'uniform-positive', density: 0.2, unitVariance: false } as const;
      const training = { ...trainingDefaults(model), steps: 1000, restarts: 1, seed: 1 };
      const { capacity } = train({ model, inputs, ...training });
      expect(capacity[3]).toBeLessThan(0.05);
    },
  );

  it('must not be all', () => {
    expect(() => planTraining(spec({ importance: [0, 0], dims: 1 }))).toThrow(
      'importance: all are 0',
    );
  });
});

describe('the number of inputs of a batch', () => {
  const importance = Array.from({ length: 3000 }, () => 1);

  it('has no bound for the exact loss, which draws none', () => {
    expect(() =>
      planTraining({ ...spec({ importance, dims: 2 }), loss: 'exact', batch: 200_000 }),
    ).not.toThrow();
  });

  it('is bounded for samples, and by default within the bound', () => {
    const sampled = spec({ importance, dims: 2, loss: 'sampled', optimiser: 'lbfgs' });
    expect(sampled.batch).toBe(178_956);
    expect(() => planTraining(sampled)).not.toThrow();
    expect(() => planTraining({ ...sampled, batch: 178_957 })).toThrow(/^batch: /);
    expect(spec({ loss: 'sampled', optimiser: 'lbfgs' }).batch).toBe(200_000);
  });
});

describe('train', () => {
  it('reaches the certified optimum above k = 3, and never goes below it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 7 }).chain((features) =>
          fc.record({
            importance: fc.array(fc.double({ min: 0.2, max: 4, noNaN: true }), {
              minLength: features,
              maxLength: features,
            }),
            dims: fc.integer({ min: 1, max: features - 1 }),
            density: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
            seed: fc.nat(),
          }),
        ),
        ({ importance, dims, density, seed }) => {
          const result = train(spec({ importance, dims, density, seed, restarts: 3 }));
          // Rounding of the loss is 1e-16 of the terms that cancel in it.
          expect(result.gap).toBeGreaterThan(-1e-11);
          expect(result.gap).toBeLessThan(1e-8);
          const { capacity } = allocateQuadratic({ importance, kurtosis: 1.8 / density, dims });
          capacity.forEach((c, i) => expect(Math.abs(result.capacity[i] - c)).toBeLessThan(2e-3));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('needs restarts below k = 3, where subsets of features are local optima', () => {
    const importance = [1.3, 1, 1, 1, 0.9, 0.8];
    const many = train(spec({ importance, density: 0.9, restarts: 20 }));
    expect(many.gap).toBeLessThan(1e-9);
    expect(many.runs.length).toBe(20);
    expect(many.runs.some((run) => run.loss > many.loss * 1.01)).toBe(true);
    expect(many.runs[many.best].loss).toBe(Math.min(...many.runs.map((run) => run.loss)));
    for (const { loss, gap } of many.runs) expect(gap).toBeCloseTo(loss / many.optimum! - 1, 12);
  });

  it('stops restarting on request when the loss is certified', () => {
    expect(train(spec({ restarts: 50, stopAtGap: 1e-6 })).runs.length).toBeLessThan(50);
  });

  it.each(['adam', 'adamw', 'sgd'] as const)(
    'gets near the optimum with %s on the exact loss',
    (optimiser) => {
      const result = train(
        spec({
          optimiser,
          steps: 6000,
          density: 0.3,
          restarts: 2,
          learningRate: optimiser === 'sgd' ? 2e-3 : 1e-2,
        }),
      );
      // The weight decay of AdamW increases the loss a little.
      expect(result.gap).toBeLessThan(optimiser === 'adamw' ? 1e-3 : 1e-6);
    },
  );

  it('trains on fresh batches and on a fixed sample, and evaluates by the exact loss', () => {
    const batches = train(
      spec({ loss: 'sampled', density: 0.3, restarts: 2, steps: 1500, batch: 1024 }),
    );
    expect(batches.gap).toBeGreaterThan(0);
    expect(batches.gap).toBeLessThan(0.02);
    const sample = train(spec({ loss: 'sampled', optimiser: 'lbfgs', density: 0.3, restarts: 2 }));
    expect(sample.gap).toBeGreaterThan(0);
    expect(sample.gap).toBeLessThan(0.02);
  });

  it('gives the same numbers for the same seed, and different ones for another', () => {
    const [a, b, c] = [1, 1, 2].map((seed) =>
      train(spec({ seed, loss: 'sampled', steps: 50, batch: 64 })),
    );
    expect(a.embedding.data).toEqual(b.embedding.data);
    expect(a.runs).toEqual(b.runs);
    expect(a.embedding.data).not.toEqual(c.embedding.data);
  });

  it('is homogeneous: importances times c give the loss times c^2', () => {
    const [one, large] = [1, 1e6].map((unit) =>
      train(spec({ importance: [2, 1, 1].map((v) => v * unit), dims: 2 })),
    );
    expect(Math.abs(large.loss / one.loss / 1e12 - 1)).toBeLessThan(1e-12);
    one.capacity.forEach((c, i) => expect(large.capacity[i]).toBeCloseTo(c, 12));
  });

  it('measures the gap relative to the loss of zero weights if the optimum is below rounding', () => {
    // The optimum is 1e-19 of the largest term of the loss.
    const wide = train(spec({ importance: [1, 1e5, 1e-5, 1e3], dims: 3, restarts: 3 }));
    expect(Math.abs(wide.gap ?? NaN)).toBeLessThan(1e-12);
    const none = train(
      spec({
        importance: [1, 2, 3],
        dims: 2,
        inputs: { shape: 'rademacher', density: 1, unitVariance: true },
      }),
    );
    expect([none.loss, none.gap]).toEqual([0, 0]);
  });

  it('has optimum null for inputs whose mean is not 0', () => {
    const result = train(
      spec({ inputs: { shape: 'uniform-positive', density: 0.2, unitVariance: true } }),
    );
    expect([result.optimum, result.gap]).toEqual([null, null]);
  });

  it('reports restarts that diverge, and fails if all do', () => {
    const wild = spec({
      loss: 'sampled',
      optimiser: 'sgd',
      learningRate: 100,
      steps: 50,
      restarts: 2,
    });
    expect(() => train(wild)).toThrow('diverged in every restart');
  });

  it('ends in the pentagon of Elhage et al. for 5 features in 2 dimensions at density 0.05', () => {
    const model = {
      task: 'compression',
      activation: 'relu',
      features: 5,
      dims: 2,
      importance: [1, 1, 1, 1, 1],
    } as const;
    const result = train({
      model,
      inputs: { shape: 'uniform-positive', density: 0.05, unitVariance: false },
      ...trainingDefaults(model),
      batch: 1024,
      learningRate: 5e-3,
      restarts: 3,
      seed: 0,
    });
    // Statistics of the notebook over seeds: D = 0.400, norm 1.134, bias -0.246, loss 0.00178 as a
    // mean over features. 1 % of the norm exceeds the spread of its runs; the loss has the noise of
    // the held-out sample.
    result.capacity.forEach((c) => expect(Math.abs(c - 0.4)).toBeLessThan(0.01));
    result.squaredNorm.forEach((n) => expect(Math.abs(Math.sqrt(n) - 1.134)).toBeLessThan(0.02));
    result.bias.forEach((b) => expect(Math.abs(b + 0.246)).toBeLessThan(0.02));
    expect(Math.abs(result.loss / 5 / 0.00178 - 1)).toBeLessThan(0.05);
    expect([result.optimum, result.gap, result.predictedCapacity]).toEqual([null, null, null]);
  });

  it('trains all parameters of models with free read-out or output weights', () => {
    const base = { features: 4, dims: 2, importance: [1, 1, 1, 1] };
    const trained = (model: ToyModel) =>
      train({
        model,
        inputs: { shape: 'uniform', density: 0.3, unitVariance: true },
        ...trainingDefaults(model),
        steps: 300,
        batch: 128,
        restarts: 1,
        seed: 1,
      });
    const untied = trained({ task: 'compression', activation: 'linear', ...base, tied: false });
    const free = trained({
      task: 'computation',
      activation: 'gelu',
      ...base,
      outputWeights: 'free',
    });
    expect(untied.readOut?.data).not.toEqual(untied.embedding.data);
    // The optimum of a linear autoencoder is a projection onto 2 of 4 equal features: loss 2.
    expect(untied.loss).toBeGreaterThan(1.9);
    expect(untied.loss).toBeLessThan(2.2);
    expect(free.outputWeights?.every((u) => u !== 1)).toBe(true);
    expect(free.bias[0]).not.toBe(0);
  });

  it.each([
    [{ steps: 0 }, 'steps'],
    [
      { schedule: { shape: 'linear' as 'cosine', warmUp: 0 } },
      'schedule: must be one of constant, cosine',
    ],
    [{ schedule: { shape: 'cosine', warmUp: -1 } as const }, 'warmUp: must be an integer'],
    [{ schedule: { shape: 'cosine', warmUp: 50 } as const, steps: 50 }, 'warmUp: must be fewer'],
    [{ optimiser: { name: 'lion' } as unknown as Optimiser }, 'optimiser: must be one of'],
    [{ optimiser: { ...firstOrderDefaults.sgd, momentum: 1 } }, 'momentum: must lie in [0, 1)'],
    [{ optimiser: { ...firstOrderDefaults.adam, beta2: NaN } }, 'beta2: must lie in [0, 1)'],
    [{ optimiser: { ...firstOrderDefaults.adam, epsilon: 0 } }, 'epsilon: must be positive'],
    [{ optimiser: { ...firstOrderDefaults.adamw, weightDecay: -1 } }, 'weightDecay: must be'],
    [{ optimiser: 'adam', clip: 0 } as const, 'clip: must be positive'],
    [{ clip: 1 }, 'clip: L-BFGS has none'],
    [{ history: 3 }, 'history: L-BFGS has none'],
    [{ stopping: { span: 5, improvement: 0 } }, 'stopping: L-BFGS has none'],
    [{ optimiser: 'sgd', stopping: { span: 0, improvement: 0 } } as const, 'stopping: the span'],
    [{ optimiser: 'sgd', stopping: { span: 5, improvement: 1 } } as const, 'stopping: the impr'],
    [{ optimiser: 'sgd', history: [0, 5, 5] } as const, 'history: must ascend'],
    [{ optimiser: 'sgd', history: [0, 5], steps: 4 } as const, 'history: must ascend'],
    [{ optimiser: 'sgd', history: -1 } as const, 'history: must be an integer'],
    [{ initialisation: { name: 'zero' as 'xavier' } }, 'initialisation: must be one of xavier'],
    [
      { initialisation: { name: 'notebook', instances: 0 } as const },
      'initialisation: the notebook',
    ],
    [
      { inputs: [{ shape: 'uniform', density: 1, unitVariance: true }] as const },
      'inputs: 1 distr',
    ],
    [{ seed: -1 }, 'seed: must be an integer'],
    [{ instance: 0.5 }, 'instance: must be an integer'],
    [{ stopAtGap: NaN }, 'stopAtGap'],
    [{ restarts: 1.5 }, 'restarts'],
    [{ batch: -1 }, 'batch'],
    [{ learningRate: 0 }, 'learningRate'],
    [{ dims: 7 }, 'dims'],
    [{ importance: [1, -1], dims: 1 }, 'importance'],
    [
      {
        model: {
          task: 'compression',
          activation: 'relu',
          features: 2,
          dims: 1,
          importance: [1, 1],
        } as const,
      },
      'loss: only',
    ],
    [
      {
        inputs: {
          shape: 'student-t',
          density: 1,
          unitVariance: true,
          degreesOfFreedom: 4,
        } as const,
      },
      'degreesOfFreedom',
    ],
  ])('refuses %j', (overrides, message) => {
    expect(() => train(spec(overrides))).toThrow(message);
  });
});
