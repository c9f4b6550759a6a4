import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  availableKernels,
  batchLoss,
  batchMeanError,
  beginJob,
  continueJob,
  dataInputs,
  dataSet,
  firstOrderDefaults,
  fastestKernel,
  generator,
  gridCell,
  inlineExecutor,
  inputsMeanError,
  parameterLayout,
  quadraticBatchLoss,
  quadraticExactLoss,
  moments,
  sampleFeatures,
  sampleInputs,
  sha256OfNumbers,
  split,
  survey,
  sweepRow,
  train,
  trainingDefaults,
  trainingJobs,
  trainMany,
  typescriptKernel,
  defaultGridTraining,
  type Correlation,
  type DataSet,
  type FeatureDistribution,
  type FeatureInputs,
  type GridSpec,
  type JobProgress,
  type QuadraticModel,
  type ToyModel,
  type TrainingSpec,
} from '../src/index.ts';
import { gaussianEmbedding } from './fixtures.ts';

const importance = [2, 1, 1, 0.5];
const quadratic: QuadraticModel = {
  task: 'computation',
  activation: 'quadratic',
  features: 4,
  dims: 2,
  importance,
};
const autoencoder: ToyModel = {
  task: 'compression',
  activation: 'relu',
  features: 4,
  dims: 2,
  importance,
};
const even: FeatureDistribution = { shape: 'uniform', density: 0.3, unitVariance: true };
const positive: FeatureDistribution = {
  shape: 'uniform-positive',
  density: 0.3,
  unitVariance: false,
};

const correlated = (marginal: FeatureDistribution, correlation: Correlation): FeatureInputs => ({
  kind: 'correlated',
  marginal,
  correlation,
});
const CORRELATIONS: readonly Correlation[] = [
  { kind: 'together', groups: 2 },
  {
    kind: 'one-of',
    groups: [
      [0, 3],
      [1, 2],
    ],
  },
  { kind: 'copula', loadings: 0.6 },
  {
    kind: 'copula',
    matrix: [
      [1, 0.5, 0, 0],
      [0.5, 1, 0, 0],
      [0, 0, 1, -0.4],
      [0, 0, -0.4, 1],
    ],
  },
];

function matrixOf(distribution: FeatureDistribution, rows: number, seed: number): Float64Array {
  const matrix = new Float64Array(rows * 4);
  sampleFeatures(distribution, 4, generator(seed), matrix);
  return matrix;
}

function spec(model: ToyModel, rest: Partial<TrainingSpec>): TrainingSpec {
  const defaults = trainingDefaults(model, rest.loss, rest.optimiser?.name);
  return { model, inputs: even, ...defaults, restarts: 2, seed: 3, ...rest };
}

/** Mean and standard error of the loss over independent batches. */
function bySampling(lossOf: (batch: number) => number, batches: number) {
  const losses = Array.from({ length: batches }, (_, k) => lossOf(k));
  const mean = losses.reduce((a, b) => a + b, 0) / batches;
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (batches - 1) / batches) };
}

describe('sha256OfNumbers', () => {
  it('is that of the bytes, by another implementation', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 40 }), (numbers) => {
        const positiveZeros = Float64Array.from(numbers, (x) => x + 0);
        const bytes = new Uint8Array(positiveZeros.buffer);
        const expected = createHash('sha256').update(bytes).digest('hex');
        expect(sha256OfNumbers(numbers)).toBe(expected);
      }),
    );
    const half = Float32Array.of(0.5, -3, 2 ** -100);
    expect(sha256OfNumbers(half)).toBe(sha256OfNumbers(Float64Array.from(half)));
  });
});

describe('training on correlated features', () => {
  it.each(CORRELATIONS)('quadratic: the exact loss is that of large samples: %j', (correlation) => {
    for (const marginal of [even, positive]) {
      const inputs = correlated(marginal, correlation);
      const { loss, embedding, bias, optimum } = train(spec(quadratic, { inputs }));
      expect(optimum).toBeNull();
      const w = Float64Array.from(embedding.data);
      const drawn = (k: number) => sampleInputs(inputs, 4, 10_000, split(generator(5), k));
      const { mean, error } = bySampling((k) => {
        const batch = drawn(k);
        const spread = quadraticBatchLoss(quadratic, batch).evaluate(w, new Float64Array(8));
        return spread + (batchMeanError(quadratic, batch)(w) - bias[0]) ** 2;
      }, 20);
      // A loss that vanishes, as where one of two alone is active, has no spread but that of rounding.
      expect(Math.abs(loss - mean)).toBeLessThan(5 * error + 1e-12);
    }
  });

  it('quadratic: the best bias is the mean error of large samples', () => {
    const w = Float64Array.from(gaussianEmbedding(2, 4, 8).data);
    for (const correlation of CORRELATIONS) {
      const inputs = correlated(positive, correlation);
      const { mean, error } = bySampling((k) => {
        const batch = sampleInputs(inputs, 4, 8000, split(generator(6), k));
        return batchMeanError(quadratic, batch)(w);
      }, 20);
      expect(Math.abs(inputsMeanError(quadratic, inputs)(w) - mean)).toBeLessThan(5 * error);
    }
  });

  it('two features of which one alone is active share a dimension without loss', () => {
    // |w_i|^2 = v_i, and the interference of a pair never shows: only the sums x_i^2 + x_j^2 of pairs must be orthogonal.
    const inputs = correlated(even, { kind: 'one-of', groups: 2 });
    const flat = { ...quadratic, importance: [1, 1, 1, 1] };
    expect(train(spec(flat, { inputs, restarts: 4 })).loss).toBeLessThan(1e-12);
  });

  it('trains every architecture, on samples, strata and fresh batches, to about the same loss', () => {
    const inputs = correlated(positive, { kind: 'together', groups: 2 });
    const lbfgs = { loss: 'sampled', optimiser: { name: 'lbfgs' }, restarts: 6, inputs } as const;
    const plain = train(spec(autoencoder, { ...lbfgs, batch: 16_000 }));
    const strata = train(spec(autoencoder, { ...lbfgs, batch: 4096, sampling: 'strata' }));
    const fresh = train(spec(autoencoder, { inputs, steps: 1500, batch: 256, restarts: 6 }));
    // Judges are samples of 2^17 of squared errors of kurtosis some tens: 2 % is beyond 3 standard errors.
    for (const { loss } of [plain, fresh]) {
      expect(loss).toBeGreaterThan(0.95 * strata.loss);
      expect(loss).toBeLessThan(1.05 * strata.loss);
    }
  });
});

describe('training on data', () => {
  const rows = 20_000;
  const data = dataSet(matrixOf(even, rows, 9), rows, 4);

  it('that are samples of a distribution gives nearly its optimum', () => {
    const result = train(spec(quadratic, { inputs: dataInputs(data, 0.1), restarts: 4 }), { data });
    const best = train(spec(quadratic, {}));
    const exact = quadraticExactLoss(quadratic, moments(even));
    const at = ({ embedding }: typeof best): number =>
      exact.evaluate(Float64Array.from(embedding.data), new Float64Array(8));
    const excess = at(result) - at(best);
    // Each of the two losses differs from its expectation by some standard errors of a mean over the rows.
    const { error } = bySampling((k) => {
      const batch = sampleInputs(even, 4, 1000, split(generator(7), k));
      const w = Float64Array.from(best.embedding.data);
      return quadraticBatchLoss(quadratic, batch).evaluate(w, new Float64Array(8));
    }, 18);
    expect(excess).toBeGreaterThanOrEqual(-1e-9 * at(best));
    expect(excess).toBeLessThan(2 * 4 * error);
    // 2000 rows judge: three times the standard error of 18,000.
    expect(Math.abs(result.loss - at(result))).toBeLessThan(4 * 3 * error);
  });

  it('judges by the rows trained on where none is held out, else by others', () => {
    const set = dataSet(matrixOf(positive, 300, 2), 300, 4);
    for (const model of [autoencoder, quadratic]) {
      const all = train(spec(model, { loss: 'exact', inputs: dataInputs(set, 0) }), { data: set });
      const w = Float64Array.from(all.embedding.data);
      const parameters = Float64Array.of(...w, ...all.bias);
      const layout = parameterLayout(model);
      const loss = batchLoss(model, set.batch).evaluate(parameters, new Float64Array(layout.size));
      expect(all.loss).toBeCloseTo(loss, 12);
      const apart = train(spec(model, { loss: 'exact', inputs: dataInputs(set, 0.3) }), {
        data: set,
      });
      expect(Math.abs(apart.loss - loss) / loss).toBeGreaterThan(1e-3);
    }
  });

  it('does not see what is held out', () => {
    // One row alone is active, and it is either trained on or it judges.
    const matrix = new Float64Array(40 * 4);
    matrix[4 * 17] = 1;
    const one = dataSet(matrix, 40, 4);
    const judged = Array.from({ length: 12 }, (_, seed) => {
      const inputs = dataInputs(one, 0.5);
      return train(spec(autoencoder, { loss: 'exact', inputs, seed, restarts: 1 }), { data: one });
    });
    const trainedOn = judged.filter(({ loss }) => loss < 1e-9);
    expect(trainedOn.length).toBeGreaterThan(0);
    expect(trainedOn.length).toBeLessThan(12);

    // Where the quadratic model has seen zeros alone its bias is 0, and 20 rows judge it with that.
    for (let seed = 0; seed < 12; seed++) {
      const inputs = dataInputs(one, 0.5);
      const { loss, bias, squaredNorm } = train(spec(quadratic, { inputs, seed }), { data: one });
      if (loss < 1e-9) continue;
      expect(bias[0]).toBe(0);
      expect(loss).toBeCloseTo((importance[0] - squaredNorm[0]) ** 2 / 20, 12);
    }
  });

  it('takes fresh batches of rows with every optimiser', () => {
    const set = dataSet(matrixOf(positive, 5000, 2), 5000, 4);
    const inputs = dataInputs(set, 0.2);
    const whole = train(spec(autoencoder, { loss: 'exact', inputs, restarts: 6 }), { data: set });
    for (const name of ['sgd', 'adam', 'adamw'] as const) {
      const optimiser = { ...firstOrderDefaults[name], weightDecay: 0 };
      const learningRate = name === 'sgd' ? 0.03 : 0.01;
      const { loss } = train(
        spec(autoencoder, {
          loss: 'sampled',
          optimiser,
          learningRate,
          inputs,
          steps: 1500,
          batch: 128,
          restarts: 6,
        }),
        { data: set },
      );
      expect(loss).toBeGreaterThan(0.95 * whole.loss);
      expect(loss).toBeLessThan(1.1 * whole.loss);
    }
  });
});

describe('kernels on inputs drawn outside of them', () => {
  const set = dataSet(matrixOf(positive, 200, 4), 200, 4);
  const shapes = ['uniform', 'gaussian', 'laplace', 'uniform-positive'] as const;
  const CASES: readonly (readonly [string, TrainingSpec['inputs'], DataSet | undefined])[] = [
    ...CORRELATIONS.map(
      (correlation) =>
        [JSON.stringify(correlation), correlated(positive, correlation), undefined] as const,
    ),
    ['shapes', shapes.map((shape) => ({ ...even, shape })), undefined],
    ['data', dataInputs(set, 0.1), set],
  ];

  it.each(CASES)(
    'agree, and leave no trace of how training was cut: %s',
    async (_, inputs, data) => {
      await Promise.all(
        [autoencoder, quadratic].map(async (model) => {
          const one = spec(model, {
            loss: 'sampled',
            inputs,
            steps: 23,
            batch: 40,
            history: 3,
            restarts: 1,
          });
          const [job] = trainingJobs(one, data);
          const unjudged = { ...job, heldOut: null };
          const ends = availableKernels().map((kernel) => {
            const whole = beginJob(kernel, unjudged);
            continueJob(kernel, unjudged, whole, Infinity);
            const cut = beginJob(kernel, unjudged);
            for (let n = 1; cut.stopped === null; n = (n * 5) % 7)
              continueJob(kernel, unjudged, cut, n);
            expect(cut).toEqual(whole);
            return whole;
          });
          const reference = ends[ends.length - 1];
          for (const { state } of ends) {
            state.parameters.forEach((x, j) => {
              // 23 steps of Adam, each off by some ulp of float32 times what its denominators magnify.
              expect(Math.abs(x - reference.state.parameters[j])).toBeLessThan(1e-3);
            });
          }

          const kernel = fastestKernel();
          const alone = train(one, { kernel, ...(data && { data }) });
          const begun = new Map<number, JobProgress>([[0, beginJob(kernel, job)]]);
          continueJob(kernel, job, begun.get(0) as JobProgress, 11);
          const extras = { begun, ...(data && { data }) };
          const [resumed] = await trainMany([one], inlineExecutor(kernel), extras);
          expect(resumed).toEqual(alone);
        }),
      );
    },
  );

  it('take the batches of the reference', () => {
    for (const [, inputs, data] of CASES) {
      const [job] = trainingJobs(
        spec(autoencoder, { loss: 'sampled', inputs, steps: 5, batch: 40 }),
        data,
      );
      const layout = parameterLayout(autoencoder);
      const gradients = availableKernels().map((kernel) => {
        expect(kernel.inputs(job.instance, 3)).toEqual(typescriptKernel.inputs(job.instance, 3));
        const gradient = new Float64Array(layout.size);
        const loss = kernel.gradient(job.instance, job.start, 3, gradient);
        return [loss, ...gradient];
      });
      const reference = gradients[gradients.length - 1];
      const scale = Math.max(...reference.map(Math.abs));
      for (const found of gradients) {
        // Sums of 40 rows in float32, some tens of roundings each.
        found.forEach((x, j) => expect(Math.abs(x - reference[j])).toBeLessThan(1e-5 * scale));
      }
    }
  });
});

describe('inputs that do not fit', () => {
  const set = dataSet(matrixOf(positive, 20, 4), 20, 4);
  const inputs = dataInputs(set, 0.1);
  it.each<[Partial<TrainingSpec>, DataSet | undefined, string]>([
    [{ inputs }, undefined, 'data: are missing'],
    [{ inputs }, dataSet(matrixOf(positive, 20, 5), 20, 4), 'data: the spec names 20 x 4'],
    [{ inputs: { ...inputs, features: 3 } }, set, 'inputs: the data have 3 features, the model 4'],
    [{ inputs: { ...inputs, sha256: 'x' } }, set, 'inputs: sha256'],
    [{ inputs: { ...inputs, heldOut: 1 } }, set, 'heldOut: must lie in [0, 1)'],
    [{ inputs: { ...inputs, heldOut: 0.99 } }, set, 'heldOut: 0.99 of 20 rows leaves none'],
    [{ inputs, loss: 'sampled', optimiser: { name: 'lbfgs' } }, set, 'loss: L-BFGS takes all rows'],
    [{ sampling: 'strata' }, undefined, 'sampling: strata are for L-BFGS on samples'],
    [
      { inputs: correlated(even, { kind: 'together', groups: 3 }) },
      undefined,
      'correlation.groups',
    ],
    [{ inputs: correlated({ ...even, density: 0.6 }, CORRELATIONS[1]) }, undefined, 'density: 2'],
  ])('are refused: %j', (overrides, data, message) => {
    expect(() => train(spec(quadratic, overrides), data === undefined ? {} : { data })).toThrow(
      message,
    );
  });

  it('of data: numbers that are not finite, or too few', () => {
    expect(() => dataSet(Float64Array.of(1, NaN), 1, 2)).toThrow('matrix: row 0, feature 1 is NaN');
    expect(() => dataSet(Float64Array.of(1, 2, 3), 2, 2)).toThrow('matrix: 2 rows');
  });
});

describe('grids of correlated features', () => {
  const grid: GridSpec = {
    architecture: { task: 'computation', activation: 'quadratic' },
    shape: 'uniform',
    unitVariance: true,
    correlation: { kind: 'one-of', groups: 2 },
    features: 4,
    dims: 2,
    importance: 1,
    density: 0.3,
    importancePower: 1,
    x: { parameter: 'importance', values: [0.5, 1, 2] },
    y: { parameter: 'density', values: [0.5, 0.1] },
    training: { ...defaultGridTraining, restarts: 4 },
    seed: 1,
  };

  it('are trained as `train` trains a cell, without prediction', async () => {
    const kernel = fastestKernel();
    const diagram = await survey(grid, async (_, tasks) =>
      tasks.map((task) => sweepRow(kernel, task)),
    );
    expect(diagram.predicted).toBeNull();
    const { model, inputs } = gridCell(grid, 1, 2);
    const { loss } = train({ model, inputs, ...trainingDefaults(model), restarts: 8, seed: 1 });
    expect(diagram.loss[5]).toBeCloseTo(loss, 5);
  });

  it('refuse groups that do not fit a cell', async () => {
    const bad = { ...grid, x: { parameter: 'features', values: [4, 5] } } as const;
    await expect(survey(bad, async () => [])).rejects.toThrow('divides the 5 features');
    const dense = { ...grid, y: { parameter: 'density', values: [1, 0.1] } } as const;
    await expect(survey(dense, async () => [])).rejects.toThrow('density: 2 features of which one');
  });
});
