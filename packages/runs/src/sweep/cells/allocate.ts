import { checkMoment, moments } from '@polysem/core/features/distributions';
import {
  allocateQuadratic,
  importanceOf,
  type Allocation,
  type ImportanceParameter,
} from '@polysem/core/theory';
import { valueDistribution, type ValueDistribution } from '@polysem/core/features';
import type { Computation, Measurement, Parameters } from './computation.ts';
import { required } from './required.ts';
import { number, parametersOf, perFeature, sizes, values } from './schemas.ts';
import { sizesOf } from './sizes.ts';

/** Kurtosis of inputs of a density, as the theory needs it. */
function kurtosisOf(given: ValueDistribution, density: number): number {
  const inputs = { ...given, density, unitVariance: true };
  const { kurtosis, mean } = moments(inputs);
  if (mean !== 0)
    throw new RangeError(
      `shape: the theory needs inputs with mean 0, and ${inputs.shape} has another mean; use uniform or gaussian, or give the kurtosis`,
    );
  checkMoment(inputs, 4, 'kurtosis');
  return Math.max(1, kurtosis);
}

function resolve(given: Parameters): Parameters {
  const { features, importance } = sizesOf(given);
  const dims = required<number>(given, 'dims', '2');
  const shape = (given.shape ?? 'uniform') as ValueDistribution['shape'];
  const { density } = given;
  if (given.kurtosis !== undefined && density !== undefined)
    throw new RangeError('kurtosis: given together with density; leave one of them out');
  const kurtosis =
    density === undefined
      ? required<number | readonly number[]>(given, 'kurtosis', '18 (or density: 0.1)')
      : kurtosisOf(valueDistribution({ ...given, shape }), density as number);
  return { features, dims, importance, kurtosis };
}

function problemOf({ features, dims, importance, kurtosis }: Parameters) {
  return {
    importance: importanceOf(importance as ImportanceParameter, features as number),
    kurtosis: kurtosis as number | readonly number[],
    dims: dims as number,
  };
}

const total = (list: Float64Array): number => list.reduce((sum, one) => sum + one, 0);

const measurements: Readonly<Record<string, Measurement<Allocation>>> = {
  loss: {
    type: 'number',
    description: 'Loss of the optimal allocation.',
    of: ({ loss }) => loss,
  },
  bound: {
    type: 'number',
    description: 'Proven lower bound on the loss of every allocation.',
    of: ({ bound }) => bound,
  },
  gap: {
    type: 'number',
    description: '(loss - bound) / loss; 0 where the loss is proven to be the global minimum.',
    of: ({ gap }) => gap,
  },
  price: {
    type: 'number',
    description: 'Marginal benefit that all features with partial capacity share.',
    of: ({ price }) => price,
  },
  totalCapacity: {
    type: 'number',
    description: 'Sum of the capacities.',
    of: ({ capacity }) => total(capacity),
  },
  ignored: {
    type: 'integer',
    description: 'Number of features with capacity 0.',
    of: ({ phase }) => phase.filter((one) => one === 'ignored').length,
  },
  partial: {
    type: 'integer',
    description: 'Number of features with a capacity between 0 and 1.',
    of: ({ phase }) => phase.filter((one) => one === 'partial').length,
  },
  full: {
    type: 'integer',
    description: 'Number of features with capacity 1.',
    of: ({ phase }) => phase.filter((one) => one === 'full').length,
  },
  firstCapacity: {
    type: 'number',
    description: 'Capacity of the first feature.',
    of: ({ capacity }) => capacity[0],
  },
  capacity: {
    type: 'numbers',
    description: 'Capacity of each feature.',
    of: ({ capacity }) => Array.from(capacity),
  },
  squaredNorm: {
    type: 'numbers',
    description: 'Optimal squared length of the vector of each feature.',
    of: ({ squaredNorm }) => Array.from(squaredNorm),
  },
};

/** The optimal allocation of D dimensions to N features, as `polysem allocate`. */
export const allocate: Computation<Allocation> = {
  name: 'allocate',
  description: 'The optimal allocation of D dimensions to N features, without training.',
  schema: parametersOf({
    ...sizes,
    kurtosis: perFeature(
      'Kurtosis of the inputs: one number for all features, or one per feature.',
    ),
    density: number('P(active), in (0, 1], which determines the kurtosis; instead of kurtosis.'),
    ...values,
  }),
  measurements,
  usual: ['loss', 'price', 'capacity'],
  free: new Set(['dims', 'importance', 'kurtosis']),
  resolve,
  // Solving the problem takes a microsecond per feature.
  check: (parameters) => void allocateQuadratic(problemOf(parameters)),
  model: () => null,
  size: ({ features }) => ({
    seconds: 1e-6 * (features as number) + 1e-5,
    features: features as number,
    weights: 0,
  }),
  compute: ({ parameters }) => allocateQuadratic(problemOf(parameters)),
};
