import { efficiency, measureCapacity } from '@polysem/core/capacity';
import type { TrainingResult, TrainingRun } from '@polysem/engine/training';
import { representedFeatures } from '../../represented-features.ts';
import type { Measurement } from './computation.ts';

/** A trained model with the capacities of its embedding, which are measured when a column needs them. */
export interface Trained {
  readonly result: TrainingResult;
  readonly measured: () => ReturnType<typeof measureCapacity>;
}

const sum = (list: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < list.length; i++) total += list[i];
  return total;
};

const finite = (runs: readonly TrainingRun[]): readonly TrainingRun[] =>
  runs.filter(({ stopped }) => stopped !== 'diverged');

const bestOf = ({ runs, best }: TrainingResult): TrainingRun => runs[best];

/** Loss and its certificate. */
const losses: Readonly<Record<string, Measurement<Trained>>> = {
  loss: {
    type: 'number',
    description: 'Loss of the best restart on inputs that training did not see.',
    of: ({ result }) => result.loss,
  },
  lossError: {
    type: 'number',
    description: 'Standard error of the loss; null if the loss is exact.',
    of: ({ result }) => result.lossError,
  },
  meanLoss: {
    type: 'number',
    description: 'Mean loss over the restarts that did not diverge.',
    of: ({ result: { runs } }) => sum(finite(runs).map(({ loss }) => loss)) / finite(runs).length,
  },
  losses: {
    type: 'numbers',
    description: 'Loss of each restart; infinite if it diverged.',
    of: ({ result: { runs } }) => runs.map(({ loss }) => loss),
  },
  optimum: {
    type: 'number',
    description: 'Certified global minimum of the loss; null where the theory does not apply.',
    of: ({ result }) => result.optimum,
  },
  gap: {
    type: 'number',
    description: '(loss - optimum) / optimum; null where the theory does not apply.',
    of: ({ result }) => result.gap,
  },
};

/** Restarts and steps. */
const restarts: Readonly<Record<string, Measurement<Trained>>> = {
  bestRestart: {
    type: 'integer',
    description: 'Index of the best restart, from 0.',
    of: ({ result }) => result.best,
  },
  stepsTaken: {
    type: 'integer',
    description: 'Steps (lbfgs: iterations) of the best restart.',
    of: ({ result }) => bestOf(result).steps,
  },
  stopped: {
    type: 'text',
    description: 'Reason for the end of the best restart: converged or steps.',
    of: ({ result }) => bestOf(result).stopped,
  },
  converged: {
    type: 'integer',
    description: 'Number of restarts that converged before their last step.',
    of: ({ result: { runs } }) => runs.filter(({ stopped }) => stopped === 'converged').length,
  },
  diverged: {
    type: 'integer',
    description: 'Number of restarts that diverged.',
    of: ({ result: { runs } }) => runs.length - finite(runs).length,
  },
};

/** Capacities of the best restart. */
const capacities: Readonly<Record<string, Measurement<Trained>>> = {
  totalCapacity: {
    type: 'number',
    description: 'Sum of the capacities, at most D.',
    of: ({ result }) => sum(result.capacity),
  },
  meanCapacity: {
    type: 'number',
    description: 'Mean capacity of the features.',
    of: ({ result: { capacity } }) => sum(capacity) / capacity.length,
  },
  firstCapacity: {
    type: 'number',
    description: 'Capacity of the first feature.',
    of: ({ result }) => result.capacity[0],
  },
  capacity: {
    type: 'numbers',
    description: 'Capacity C_i of each feature: the dimensionality D_i of Elhage et al. (2022).',
    of: ({ result }) => Array.from(result.capacity),
  },
  predictedCapacity: {
    type: 'numbers',
    description: 'Capacities at the certified optimum; null where the theory does not apply.',
    of: ({ result: { predictedCapacity } }) =>
      predictedCapacity === null ? null : Array.from(predictedCapacity),
  },
  leverage: {
    type: 'numbers',
    description: 'Leverage of each feature: the largest capacity by a linear change of basis.',
    of: ({ measured }) => Array.from(measured().leverage),
  },
  efficiency: {
    type: 'number',
    description: 'Sum of the capacities divided by the rank of W, in [0, 1].',
    of: ({ measured }) => efficiency(measured()),
  },
  rank: {
    type: 'integer',
    description: 'Rank of W.',
    of: ({ measured }) => measured().rank,
  },
};

/** Vectors of the best restart. */
const vectors: Readonly<Record<string, Measurement<Trained>>> = {
  squaredNorm: {
    type: 'numbers',
    description: 'Squared length of the vector of each feature.',
    of: ({ result }) => Array.from(result.squaredNorm),
  },
  interference: {
    type: 'numbers',
    description:
      'Superposition of each feature: sum over j != i of (unit vector of i . W_j)^2 (Elhage et al., 2022).',
    of: ({ measured }) => Array.from(measured().interference),
  },
  featuresRepresented: {
    type: 'integer',
    description: 'Number of features whose vectors are longer than half the longest.',
    of: ({ result }) => representedFeatures(result.squaredNorm),
  },
  dimensionsPerFeature: {
    type: 'number',
    description: 'D* = D / |W|^2, dimensions per feature (Elhage et al., 2022).',
    of: ({ result: { squaredNorm, embedding } }) => embedding.dims / sum(squaredNorm),
  },
  biases: {
    type: 'numbers',
    description: 'The trained bias: one number (computation), or one per feature.',
    of: ({ result }) => Array.from(result.bias),
  },
};

/** All measurements of a trained model. */
export const trainMeasurements: Readonly<Record<string, Measurement<Trained>>> = {
  ...losses,
  ...restarts,
  ...capacities,
  ...vectors,
};
