import { describe, expect, it } from 'vitest';
import { activationNames, activations, type Activation } from '../src/activations/registry.ts';
import {
  activeSetLaw,
  moments,
  rawMoment,
  sampleSparse,
  distributionNames,
  type Correlation,
  type FeatureDistribution,
  type DistributionName,
  type SparseBatch,
} from '@polysem/core/features';
import { availableKernels } from '../src/kernels/fastest-kernel.ts';
import { batchLoss } from '../src/models/batch-loss.ts';
import { featurewiseForm } from '../src/models/featurewise-form.ts';
import { firstOrderDefaults, type FirstOrder } from '../src/descent/optimiser.ts';
import { generator, integerBelow, normal, childGenerator } from '@polysem/numerics/random';
import { parameterLayout } from '../src/models/parameters.ts';
import type { Instance, InstanceState, Kernel } from '../src/kernels/kernel.ts';
import type { Schedule } from '../src/descent/schedule.ts';
import type { ToyModel } from '../src/models/toy-model.ts';
import { resolveInputs, type FeatureInputs } from '@polysem/core/features';
import { jointDensity } from '../../core/src/features/joint-density.ts';
import { gradientError } from '../../core/test/fixtures.ts';
import { roundingBounds } from './rounding-bounds.ts';

/** Every kernel that this engine runs, with the relative rounding of its arithmetic. */
const kernels: readonly { readonly kernel: Kernel; readonly epsilon: number }[] =
  availableKernels().map((kernel) => ({
    kernel,
    epsilon: kernel.name === 'typescript' ? 2 ** -53 : 2 ** -24,
  }));

const KINDS = {
  'compression, tied': { task: 'compression' },
  'compression, tied, no bias': { task: 'compression', bias: false },
  'compression, untied': { task: 'compression', tied: false },
  'compression, untied, no bias': { task: 'compression', tied: false, bias: false },
  'compression, hidden relu': { task: 'compression', hiddenActivation: 'relu' },
  'compression, hidden softplus, untied': {
    task: 'compression',
    tied: false,
    hiddenActivation: 'softplus',
  },
  'compression of coefficients': { task: 'compression', importanceRole: 'target-coefficient' },
  'absolute values': { task: 'vector-computation', target: 'abs' },
  'vectors of softplus by tanh': {
    task: 'vector-computation',
    target: 'softplus',
    hiddenActivation: 'tanh',
    importanceRole: 'target-coefficient',
    bias: false,
  },
  'computation, fixed': { task: 'computation' },
  'computation, no bias': { task: 'computation', bias: false },
  'computation, free': { task: 'computation', outputWeights: 'free' },
  'computation, free, no bias': { task: 'computation', outputWeights: 'free', bias: false },
} as const;
type Kind = (typeof KINDS)[keyof typeof KINDS];
/** Two kinds of model with every registered activation, the others with those whose code differs most. */
const ALL_MODELS = Object.entries(KINDS).flatMap(([name, kind]) => {
  const isWhole = name === 'compression, tied' || name === 'computation, free';
  const names = isWhole ? activationNames : (['relu', 'softplus'] as const);
  return names.map((activation) => [`${name}, ${activation}`, kind, activation] as const);
});
/** The models that a kernel can train. */
const modelsOf = ({ name }: Kernel) =>
  ALL_MODELS.filter(
    ([, , activation]) => name === 'typescript' || activations[activation].lanes !== undefined,
  );
const SIZES = [1, 2, 3, 5, 6, 7, 13, 20, 33].flatMap((features) =>
  [1, 2, 3, 5, 7, 12, 20].filter((dims) => dims <= features).map((dims) => ({ features, dims })),
);
const DENSITIES = [1, 0.3, 0.05, 0.003];
/** Batches that no lane width divides, and one that all do. */
const BATCHES = [1, 5, 16, 37, 67];

const GROUPS = [
  [5, 0],
  [1, 4, 3],
];

/** Correlations of any number of features above 5, whose sums of densities allow 0.3. */
const CORRELATIONS: readonly (readonly [string, (features: number) => Correlation])[] = [
  ['together', () => ({ kind: 'together', groups: GROUPS })],
  ['of which one is active', () => ({ kind: 'one-of', groups: GROUPS })],
  ['with a factor', () => ({ kind: 'copula', loadings: 0.7 })],
  [
    'with a factor of their own loadings',
    (features) => ({
      kind: 'copula',
      loadings: Array.from({ length: features }, (_, i) => 1 - (1.7 * i) / features),
    }),
  ],
  [
    'with a matrix',
    (features) => ({
      kind: 'copula',
      matrix: Array.from({ length: features }, (_, i) =>
        Array.from({ length: features }, (__, j) => (-0.7) ** Math.abs(i - j)),
      ),
    }),
  ],
  [
    'with a matrix of low rank',
    (features) => ({
      kind: 'copula',
      matrix: Array.from({ length: features }, (_, i) =>
        Array.from({ length: features }, (__, j) => Math.cos((i - j) / 3)),
      ),
    }),
  ],
];
const distribution = (
  shape: DistributionName,
  density: number,
  unitVariance = false,
): FeatureDistribution => ({
  shape,
  density,
  unitVariance,
  // Its eighth moment must exist where fourth moments are tested.
  ...(shape === 'student-t' && { degreesOfFreedom: 20 }),
});

function modelOf(kind: Kind, activation: Activation, features: number, dims: number): ToyModel {
  const importance = Array.from({ length: features }, (_, i) => 0.5 + i / features);
  return { ...kind, activation, features, dims, importance };
}

function instanceOf(
  model: ToyModel,
  {
    inputs = distribution('uniform', 0.3),
    ...overrides
  }: Omit<Partial<Instance>, 'inputs'> & { readonly inputs?: FeatureInputs } = {},
): Instance {
  return {
    model,
    inputs: resolveInputs(inputs, model.features),
    batch: 37,
    optimiser: firstOrderDefaults.adam,
    learningRate: 0.01,
    schedule: { shape: 'constant', warmUp: 0 },
    steps: 100,
    clip: null,
    stream: generator(5),
    ...overrides,
  };
}

/** Weights of the size that training meets: vectors of length about 1. */
function parametersOf(model: ToyModel, seed: number): Float64Array {
  const g = generator(seed);
  return Float64Array.from(
    { length: parameterLayout(model).size },
    () => normal(g) / Math.sqrt(model.dims),
  );
}

function hasKink(model: ToyModel): boolean {
  const { hidden, output } =
    model.task === 'computation'
      ? { hidden: model.activation, output: model.activation }
      : featurewiseForm(model);
  return activations[hidden].hasKink || activations[output].hasKink;
}

/** The worst of errors as fractions of what rounding allows. */
function worst(found: ArrayLike<number>, exact: ArrayLike<number>, bound: ArrayLike<number>) {
  let most = 0;
  for (let j = 0; j < found.length; j++) {
    const error = Math.abs(found[j] - exact[j]);
    if (!(error <= bound[j])) most = Math.max(most, error / bound[j]);
    if (Number.isNaN(error)) return NaN;
  }
  return most;
}

describe.each(kernels)('the kernel $kernel.name', ({ kernel, epsilon }) => {
  describe.each(modelsOf(kernel))('for %s', (_, kind, activation) => {
    it('has the loss and gradient of the reference on its own batches, at any size', () => {
      let seed = 0;
      for (const { features, dims } of SIZES) {
        for (const density of DENSITIES) {
          seed++;
          const model = modelOf(kind, activation, features, dims);
          const instance = instanceOf(model, {
            inputs: distribution('uniform', density),
            batch: BATCHES[seed % BATCHES.length],
            stream: generator(seed),
          });
          const where = `N ${features}, D ${dims}, density ${density}, batch ${instance.batch}`;
          // In the kernel's precision, so that both start from the same numbers.
          const { parameters } = kernel.begin(parametersOf(model, seed));
          const batch = kernel.inputs(instance, 3);
          const exact = new Float64Array(parameters.length);
          const loss = batchLoss(model, batch).evaluate(Float64Array.from(parameters), exact);
          const bounds = roundingBounds(model, batch, parameters, epsilon);
          const found = new Float64Array(parameters.length).fill(NaN);
          const foundLoss = kernel.gradient(instance, parameters, 3, found);
          expect(Math.abs(foundLoss - loss), where).toBeLessThanOrEqual(bounds.loss);
          expect(worst(found, exact, bounds.gradient), where).toBe(0);
        }
      }
    });

    it.runIf(epsilon < 1e-12)('has the gradient that central differences show', () => {
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
        // NaN: most directions meet a kink, and differences say nothing.
        if (!hasKink(model) || !Number.isNaN(error)) expect(error).toBeLessThan(1e-5);
      }
    });

    it('judges by the mean of the reference over its own batches', () => {
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
            const { parameters } = kernel.begin(parametersOf(model, seed));
            const batch = kernel.inputs(instance, 3);
            const exact = new Float64Array(parameters.length);
            const loss = batchLoss(model, batch).evaluate(Float64Array.from(parameters), exact);
            const bounds = roundingBounds(model, batch, parameters, epsilon);
            const found = new Float64Array(parameters.length).fill(NaN);
            const foundLoss = kernel.gradient(instance, parameters, 3, found);
            expect(Math.abs(foundLoss - loss), where).toBeLessThanOrEqual(bounds.loss);
            expect(worst(found, exact, bounds.gradient), where).toBe(0);
            // A step is taken on that batch.
            const losses = new Float64Array(4);
            kernel.advance(instance, { ...kernel.begin(parameters), step: 3 }, losses);
            expect(losses[0], where).toBe(foundLoss);
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
  ])('agrees with the reference where models are %s', (__, features, dims, density, rows) => {
    const model = modelOf(KINDS['compression, tied'], 'relu', features, dims);
    const instance = instanceOf(model, {
      inputs: distribution('uniform-positive', density),
      batch: rows,
    });
    const { parameters } = kernel.begin(parametersOf(model, 3));
    const batch = kernel.inputs(instance, 0);
    const exact = new Float64Array(parameters.length);
    const loss = batchLoss(model, batch).evaluate(Float64Array.from(parameters), exact);
    const bounds = roundingBounds(model, batch, parameters, epsilon);
    const found = new Float64Array(parameters.length);
    expect(Math.abs(kernel.gradient(instance, parameters, 0, found) - loss)).toBeLessThanOrEqual(
      bounds.loss,
    );
    expect(worst(found, exact, bounds.gradient)).toBe(0);
  });

  describe('takes the steps of the textbook', () => {
    const { sgd, adam, adamw } = firstOrderDefaults;
    const settings: [string, FirstOrder, Omit<Partial<Instance>, 'inputs'>][] = [
      ['sgd', { ...sgd, momentum: 0 }, {}],
      ['sgd with momentum', sgd, {}],
      ['sgd with weight decay', { ...sgd, weightDecay: 0.1 }, {}],
      ['adam', adam, {}],
      ['adam with weight decay', { ...adam, weightDecay: 0.1 }, {}],
      ['adam of other constants', { ...adam, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }, {}],
      ['adamw', { ...adamw, weightDecay: 0.1 }, {}],
      ['clipped sgd', sgd, { clip: 0.05 }],
      ['clipped adam', adam, { clip: 0.05 }],
      ['a clip that is never reached', sgd, { clip: 1e6 }],
      ['warm-up', adam, { schedule: { shape: 'constant', warmUp: 4 } }],
      ['warm-up and cosine', sgd, { schedule: { shape: 'cosine', warmUp: 3 }, steps: 9 }],
    ];
    it.each(settings)('%s', (__, optimiser, overrides) => {
      for (const [kind, features, dims] of [
        ['compression, tied', 13, 5],
        ['computation, free', 6, 3],
      ] as const) {
        const model = modelOf(KINDS[kind], 'gelu', features, dims);
        const instance = instanceOf(model, { optimiser, ...overrides });
        const state = kernel.begin(parametersOf(model, 7));
        for (let step = 0; step < 9; step++) {
          const before = structuredClone(state);
          const losses = new Float64Array(1);
          expect(kernel.advance(instance, state, losses)).toBe(1);
          expect(state.step).toBe(step + 1);
          checkStep(kernel, epsilon, instance, before, state, losses[0]);
        }
      }
    });
  });

  it('begins with the parameters it is given, in its precision', () => {
    const start = [0.1, -2, 1 / 3, 0];
    const { parameters, first, second, step } = kernel.begin(start);
    const rounded = epsilon === 2 ** -24 ? start.map(Math.fround) : start;
    expect([...parameters]).toEqual(rounded);
    expect([...first, ...second, step]).toEqual(Array.from({ length: 9 }, () => 0));
  });

  it('leaves no trace of how many steps were taken at a time, nor of other instances', () => {
    const g = generator(3);
    for (const [name, kind, activation] of modelsOf(kernel)) {
      const model = modelOf(kind, activation, 6, 3);
      const instance = instanceOf(model, { steps: 40, clip: 0.5 });
      const other = instanceOf(modelOf(KINDS['compression, untied'], 'gelu', 9, 4), { batch: 51 });
      const whole = kernel.begin(parametersOf(model, 1));
      const wholeLosses = new Float64Array(40);
      expect(kernel.advance(instance, whole, wholeLosses)).toBe(40);

      const pieces = kernel.begin(parametersOf(model, 1));
      const beside = kernel.begin(parametersOf(other.model, 4));
      const losses: number[] = [];
      while (pieces.step < 40) {
        const some = new Float64Array(Math.min(40 - pieces.step, 1 + integerBelow(g, 9)));
        kernel.advance(instance, pieces, some);
        losses.push(...some);
        kernel.advance(other, beside, new Float64Array(1));
        kernel.evaluate(other, beside.parameters, other.stream, 1);
      }
      expect(pieces, name).toEqual(whole);
      expect(losses, name).toEqual([...wholeLosses]);
    }
  });

  it('stops before a step whose loss or gradient is not finite, as if it had not looked', () => {
    const model = modelOf(KINDS['compression, tied'], 'relu', 5, 2);
    const far = epsilon === 2 ** -24 ? 1e18 : 1e120;
    const state = kernel.begin(parametersOf(model, 1).fill(far));
    const before = structuredClone(state);
    expect(kernel.advance(instanceOf(model), state, new Float64Array(3))).toBe(0);
    expect(state).toEqual(before);

    const wild = instanceOf(model, { optimiser: firstOrderDefaults.sgd, learningRate: 1e3 });
    const run = kernel.begin(parametersOf(model, 1));
    const losses = new Float64Array(200);
    const taken = kernel.advance(wild, run, losses);
    expect(taken).toBeGreaterThan(1);
    expect(taken).toBeLessThan(200);
    expect(run.step).toBe(taken);
    expect(run.parameters.every(Number.isFinite)).toBe(true);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(kernel.advance(wild, run, losses)).toBe(0);
  });

  describe('draws inputs', () => {
    const features = 7;
    const model = modelOf(KINDS['compression, tied'], 'relu', features, 2);
    const drawn = (inputs: FeatureInputs, batch: number, steps: number): SparseBatch[] => {
      const instance = instanceOf(model, { inputs, batch, stream: generator(17) });
      return Array.from({ length: steps }, (__, step) => kernel.inputs(instance, step));
    };
    /** Six standard errors: one in 5e8 tests fails by chance, and with these seeds none does. */
    const SIGMAS = 6;

    it('as rows of ascending features, the same for the same step of the same stream only', () => {
      const inputs = distribution('gaussian', 0.3);
      const instance = instanceOf(model, { inputs, batch: 53 });
      const batch = kernel.inputs(instance, 4);
      expect([batch.rows, batch.features, batch.rowStarts.length]).toEqual([53, features, 54]);
      expect([batch.rowStarts[0], batch.rowStarts[53]]).toEqual([0, batch.values.length]);
      expect(batch.indices.length).toBe(batch.values.length);
      for (let row = 0; row < 53; row++) {
        const own = [...batch.indices.subarray(batch.rowStarts[row], batch.rowStarts[row + 1])];
        expect(own).toEqual([...new Set(own)].toSorted((a, b) => a - b));
        expect(own.every((i) => i < features)).toBe(true);
      }
      expect(kernel.inputs(instance, 4)).toEqual(batch);
      expect(kernel.inputs(instance, 5).values).not.toEqual(batch.values);
      const elsewhere = { ...instance, stream: childGenerator(instance.stream, 0) };
      expect(kernel.inputs(elsewhere, 4).values).not.toEqual(batch.values);
    });

    it.each(
      distributionNames.flatMap((shape) => DENSITIES.map((density) => [shape, density] as const)),
    )('%s of density %d: density, moments and distribution', (shape, density) => {
      for (const unitVariance of [false, true]) {
        const inputs = distribution(shape, density, unitVariance);
        const [batch, steps] = density < 0.1 ? [8191, 16] : [2047, 8];
        const cells = batch * steps * features;
        const batches = drawn(inputs, batch, steps);
        const values = batches.flatMap((b) => [...b.values]);
        const n = values.length;
        // A value that comes out as 0, once in 2^16 or less, passes for inactive.
        expect(Math.abs(n - cells * density)).toBeLessThanOrEqual(
          SIGMAS * Math.sqrt(cells * density * (1 - density)) + cells * density * 2 ** -16,
        );
        const { scale } = moments(inputs);
        for (const order of [1, 2, 4]) {
          const raw = (power: number) => rawMoment(inputs, power);
          const mean = values.reduce((sum, x) => sum + (x / scale) ** order, 0) / n;
          const error = Math.sqrt(Math.max(0, raw(2 * order) - raw(order) ** 2) / n);
          // Where a moment does not vary only the rounding of x is left.
          expect(Math.abs(mean - raw(order))).toBeLessThanOrEqual(SIGMAS * error + 8 * epsilon);
        }
        const reference = [...sampleSparse(generator(99), inputs, features, batch * steps).values];
        expect(kolmogorovSmirnov(values, reference)).toBeLessThan(2.6);
      }
    });

    it('independently from feature to feature and from row to row', () => {
      const rows = 4095;
      const [shape, steps] = ['uniform', 8] as const;
      const n = rows * steps;
      const dense = drawn(distribution(shape, 1), rows, steps).flatMap((b) => [...b.values]);
      for (const power of [1, 2]) {
        const m = rawMoment({ shape }, power);
        const variance = rawMoment({ shape }, 2 * power) - m * m;
        const x = dense.map((value) => value ** power - m);
        // Within a row, in the next row, in the next batch.
        for (const lag of [1, 2, 3, 4, 5, 6, 7, 8, 14, 28, 56, rows * features]) {
          let sum = 0;
          for (let j = lag; j < x.length; j++) sum += x[j] * x[j - lag];
          const correlation = sum / (x.length - lag) / variance;
          expect(Math.abs(correlation)).toBeLessThan(SIGMAS / Math.sqrt(x.length - lag));
        }
      }
      for (const density of [0.3, 0.05]) {
        const both = new Float64Array(features * features);
        for (const { rowStarts, indices } of drawn(distribution(shape, density), rows, steps)) {
          for (let row = 0; row < rows; row++) {
            for (let a = rowStarts[row]; a < rowStarts[row + 1]; a++) {
              for (let b = rowStarts[row]; b < rowStarts[row + 1]; b++)
                both[indices[a] * features + indices[b]]++;
            }
          }
        }
        both.forEach((count, pair) => {
          const p = pair % (features + 1) === 0 ? density : density * density;
          expect(Math.abs(count - n * p)).toBeLessThan(SIGMAS * Math.sqrt(n * p * (1 - p)));
        });
      }
    });

    it.each(CORRELATIONS)('of features %s, in sets of their law', (_, correlationOf) => {
      const correlation = correlationOf(features);
      const [rows, steps] = [4095, 8];
      const n = rows * steps;
      for (const density of [0.3, 0.04]) {
        const marginal = distribution('gaussian', density, true);
        const inputs = { kind: 'correlated', marginal, correlation } as const;
        const batches = drawn(inputs, rows, steps);
        const counts = new Map<string, number>();
        for (const { rowStarts, indices } of batches) {
          for (let row = 0; row < rows; row++) {
            const own = [...indices.subarray(rowStarts[row], rowStarts[row + 1])];
            if (own.some((i, e) => i <= own[e - 1])) throw new Error(`row ${row} does not ascend`);
            const set = own.join();
            counts.set(set, (counts.get(set) ?? 0) + 1);
          }
        }
        const found = (isMeant: (set: readonly string[]) => boolean): number =>
          [...counts].reduce((sum, [set, c]) => sum + (isMeant(set.split(',')) ? c : 0), 0);
        const check = (count: number, p: number): void =>
          // Poisson counts of some few have longer tails than normal ones.
          expect(Math.abs(count - n * p)).toBeLessThan(SIGMAS * Math.sqrt(n * p * (1 - p)) + 6);
        if ('matrix' in correlation) {
          const joint = jointDensity(resolveInputs(inputs, features));
          for (const wanted of [[0], [6], [0, 1], [0, 6], [2, 3, 4], [0, 3, 6], [1, 2, 3, 4]])
            check(
              found((set) => wanted.every((i) => set.includes(String(i)))),
              joint(wanted),
            );
        } else {
          const { sets, probabilities } = activeSetLaw(inputs, features);
          sets.forEach((set, at) => check(counts.get(set.join()) ?? 0, probabilities[at]));
          const possible = new Set(sets.map((set) => set.join()));
          expect([...counts.keys()].filter((set) => !possible.has(set))).toEqual([]);
        }
        const values = batches.flatMap((b) => [...b.values]);
        const reference = [...sampleSparse(generator(99), marginal, features, n).values];
        expect(kolmogorovSmirnov(values, reference)).toBeLessThan(2.6);
      }
    });

    it('with one density a feature', () => {
      const densities = [1, 0.5, 0.2, 0.2, 0.05, 0.01, 0.9];
      const [rows, steps] = [4095, 8];
      const batches = drawn(
        densities.map((density) => distribution('rademacher', density, true)),
        rows,
        steps,
      );
      densities.forEach((density, i) => {
        const own = batches.flatMap((b) =>
          Array.from(b.values.filter((__, e) => b.indices[e] === i)),
        );
        const n = rows * steps;
        expect(Math.abs(own.length - n * density)).toBeLessThanOrEqual(
          SIGMAS * Math.sqrt(n * density * (1 - density)),
        );
        // Each is scaled to variance 1.
        expect(Math.abs(Math.abs(own[0]) * Math.sqrt(density) - 1)).toBeLessThan(4 * epsilon);
      });
      for (const { rowStarts, indices } of batches) {
        for (let row = 0; row < rows; row++) {
          for (let e = rowStarts[row] + 1; e < rowStarts[row + 1]; e++)
            if (indices[e] <= indices[e - 1]) throw new Error(`row ${row} does not ascend`);
        }
      }
    });
  });
});

/**
 * Checks a step against the formulae, written out once more in float64 (Kingma & Ba 2015, algorithm 1; Loshchilov &
 * Hutter 2019, algorithm 2; Sutskever et al. 2013 as in PyTorch). Moments are held against the gradient of the
 * reference on the kernel's own batch; parameters against the kernel's own moments, since Adam divides one rounding
 * error by another.
 */
function checkStep(
  kernel: Kernel,
  epsilon: number,
  instance: Instance,
  before: InstanceState,
  after: InstanceState,
  loss: number,
): void {
  const { model, optimiser, learningRate, schedule, steps, clip } = instance;
  const batch = kernel.inputs(instance, before.step);
  const size = before.parameters.length;
  const gradient = new Float64Array(size);
  const exactLoss = batchLoss(model, batch).evaluate(
    Float64Array.from(before.parameters),
    gradient,
  );
  const bounds = roundingBounds(model, batch, before.parameters, epsilon);
  expect(Math.abs(loss - exactLoss)).toBeLessThanOrEqual(bounds.loss);

  const norm = Math.hypot(...gradient);
  const isClipped = clip !== null && norm > clip;
  const factor = isClipped ? clip / norm : 1;
  const normError = isClipped ? Math.hypot(...bounds.gradient) / norm + size * epsilon : 0;
  const rate = learningRate * rateFactor(schedule, before.step, steps);
  const slack = 16 * epsilon;
  for (let j = 0; j < size; j++) {
    const w = before.parameters[j];
    const decay = optimiser.weightDecay * w;
    const coupled = optimiser.name === 'adamw' ? 0 : decay;
    const slope = factor * gradient[j] + coupled;
    const slopeError =
      factor * (bounds.gradient[j] + 2 * normError * Math.abs(gradient[j])) +
      slack * (Math.abs(factor * gradient[j]) + Math.abs(coupled));
    const [m, v] = [after.first[j], after.second[j]];
    if (optimiser.name === 'sgd') {
      const kept = optimiser.momentum * before.first[j];
      expect(Math.abs(m - kept - slope)).toBeLessThanOrEqual(slopeError + slack * Math.abs(kept));
      expect(Math.abs(after.parameters[j] - (w - rate * m))).toBeLessThanOrEqual(
        slack * (Math.abs(w) + Math.abs(rate * m)),
      );
      continue;
    }
    const { beta1, beta2 } = optimiser;
    const first = beta1 * before.first[j];
    expect(Math.abs(m - first - (1 - beta1) * slope)).toBeLessThanOrEqual(
      (1 - beta1) * slopeError + slack * (Math.abs(first) + Math.abs(slope)),
    );
    const second = beta2 * before.second[j];
    expect(Math.abs(v - second - (1 - beta2) * slope ** 2)).toBeLessThanOrEqual(
      (1 - beta2) * (2 * Math.abs(slope) * slopeError + slopeError ** 2) +
        slack * (second + slope ** 2),
    );
    const mHat = m / (1 - beta1 ** after.step);
    const vHat = v / (1 - beta2 ** after.step);
    const move = rate * (mHat / (Math.sqrt(vHat) + optimiser.epsilon));
    const taken = optimiser.name === 'adamw' ? rate * decay : 0;
    // A power by squaring has half an ulp a factor, which 1 - beta^t magnifies.
    const powers = [beta1, beta2].map((beta) => beta ** after.step);
    const corrections = powers.reduce(
      (sum, power) => sum + (after.step * 2 ** -52 * power) / (1 - power),
      0,
    );
    expect(Math.abs(after.parameters[j] - (w - taken - move))).toBeLessThanOrEqual(
      slack * (Math.abs(w) + Math.abs(taken)) + (2 * slack + corrections) * Math.abs(move),
    );
  }
}

/** The schedule in words: a straight line up, then level or half a cosine down to the end. */
function rateFactor({ shape, warmUp }: Schedule, step: number, steps: number): number {
  if (step < warmUp) return (step + 1) / warmUp;
  const done = (step - warmUp) / (steps - warmUp);
  return shape === 'constant' ? 1 : Math.cos((Math.PI * done) / 2) ** 2;
}

/** Greatest distance of two empirical distribution functions, times the root of the harmonic size; 2.6 is met once in 400,000. */
function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a, b].map((values) => Float64Array.from(values).toSorted());
  // Single precision rounds apart what double holds together, at atoms such as rademacher's.
  const same = (p: number, q: number): boolean => Math.abs(p - q) <= 1e-6 * Math.abs(q);
  let [i, j, most] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const next = Math.min(x[i], y[j]);
    while (i < x.length && (x[i] <= next || same(x[i], next))) i++;
    while (j < y.length && (y[j] <= next || same(y[j], next))) j++;
    most = Math.max(most, Math.abs(i / x.length - j / y.length));
  }
  return most * Math.sqrt((x.length * y.length) / (x.length + y.length));
}
