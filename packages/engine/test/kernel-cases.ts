import { activationNames, activations, type Activation } from '../src/activations/registry.ts';
import {
  type Correlation,
  type FeatureDistribution,
  type DistributionName,
} from '@polysem/core/features';
import { availableKernels } from '../src/kernels/fastest-kernel.ts';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { generator, normal } from '@polysem/numerics/random';
import { parameterLayout } from '../src/models/parameters.ts';
import type { Instance, Kernel } from '../src/kernels/kernel.ts';
import type { ToyModel } from '../src/models/toy-model.ts';
import { resolveInputs, type FeatureInputs } from '@polysem/core/features';

/** Every kernel that this JavaScript engine can run, with its relative rounding error. */
export const kernels: readonly { readonly kernel: Kernel; readonly epsilon: number }[] =
  availableKernels().map((kernel) => ({
    kernel,
    epsilon: kernel.name === 'typescript' ? 2 ** -53 : 2 ** -24,
  }));

export const KINDS = {
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
/** Two kinds of model with every registered activation, the others with two activations whose code differs most. */
const ALL_MODELS = Object.entries(KINDS).flatMap(([name, kind]) => {
  const isWhole = name === 'compression, tied' || name === 'computation, free';
  const names = isWhole ? activationNames : (['relu', 'softplus'] as const);
  return names.map((activation) => [`${name}, ${activation}`, kind, activation] as const);
});
/** Models that a kernel can train. */
export const modelsOf = ({ name }: Kernel) =>
  ALL_MODELS.filter(
    ([, , activation]) => name === 'typescript' || activations[activation].lanes !== undefined,
  );
export const SIZES = [1, 2, 3, 5, 6, 7, 13, 20, 33].flatMap((features) =>
  [1, 2, 3, 5, 7, 12, 20].filter((dims) => dims <= features).map((dims) => ({ features, dims })),
);
export const DENSITIES = [1, 0.3, 0.05, 0.003];
/** Batch sizes that are not a multiple of the lanes, and one that is. */
export const BATCHES = [1, 5, 16, 37, 67];

const GROUPS = [
  [5, 0],
  [1, 4, 3],
];

/** Correlations of more than 5 features that allow a density of 0.3. */
export const CORRELATIONS: readonly (readonly [string, (features: number) => Correlation])[] = [
  ['together', () => ({ kind: 'together', groups: GROUPS })],
  ['of which at most one per group is active', () => ({ kind: 'one-of', groups: GROUPS })],
  ['with a factor', () => ({ kind: 'copula', loadings: 0.7 })],
  [
    'with a factor and one loading per feature',
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
export const distribution = (
  shape: DistributionName,
  density: number,
  unitVariance = false,
): FeatureDistribution => ({
  shape,
  density,
  unitVariance,
  // Testing fourth moments needs the eighth.
  ...(shape === 'student-t' && { degreesOfFreedom: 20 }),
});

export function modelOf(
  kind: Kind,
  activation: Activation,
  features: number,
  dims: number,
): ToyModel {
  const importance = Array.from({ length: features }, (_, i) => 0.5 + i / features);
  return { ...kind, activation, features, dims, importance };
}

export function instanceOf(
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

/** Weights of a size typical in training: vectors of length about 1. */
export function parametersOf(model: ToyModel, seed: number): Float64Array {
  const g = generator(seed);
  return Float64Array.from(
    { length: parameterLayout(model).size },
    () => normal(g) / Math.sqrt(model.dims),
  );
}

/** The largest ratio of error to bound among errors above their bounds; 0 if every error is within its bound. */
export function worst(
  found: ArrayLike<number>,
  exact: ArrayLike<number>,
  bound: ArrayLike<number>,
) {
  let most = 0;
  for (let j = 0; j < found.length; j++) {
    const error = Math.abs(found[j] - exact[j]);
    if (!(error <= bound[j])) most = Math.max(most, error / bound[j]);
    if (Number.isNaN(error)) return NaN;
  }
  return most;
}
