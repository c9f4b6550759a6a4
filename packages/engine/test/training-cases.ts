import { defaultGridTraining } from '../src/names/grid-training.ts';
import type { GridSpec } from '../src/phase/grid-spec.ts';
import { generator } from '@polysem/numerics/random';
import {
  sampleFeatures,
  type Correlation,
  type FeatureDistribution,
  type FeatureInputs,
} from '@polysem/core/features';
import { trainingDefaults, type TrainingSpec } from '../src/training/training-spec.ts';
import type { QuadraticModel, ToyModel } from '../src/models/toy-model.ts';

export const importance = [2, 1, 1, 0.5];

export const quadratic: QuadraticModel = {
  task: 'computation',
  activation: 'quadratic',
  features: 4,
  dims: 2,
  importance,
};

export const autoencoder: ToyModel = {
  task: 'compression',
  activation: 'relu',
  features: 4,
  dims: 2,
  importance,
};

export const even: FeatureDistribution = { shape: 'uniform', density: 0.3, unitVariance: true };

export const positive: FeatureDistribution = {
  shape: 'uniform-positive',
  density: 0.3,
  unitVariance: false,
};

export const correlated = (
  marginal: FeatureDistribution,
  correlation: Correlation,
): FeatureInputs => ({
  kind: 'correlated',
  marginal,
  correlation,
});

export const CORRELATIONS: readonly Correlation[] = [
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

export function matrixOf(
  distribution: FeatureDistribution,
  rows: number,
  seed: number,
): Float64Array {
  const matrix = new Float64Array(rows * 4);
  sampleFeatures(generator(seed), distribution, 4, matrix);
  return matrix;
}

export function spec(model: ToyModel, rest: Partial<TrainingSpec>): TrainingSpec {
  const defaults = trainingDefaults(model, rest.loss, rest.optimiser?.name);
  return { model, inputs: even, ...defaults, restarts: 2, seed: 3, ...rest };
}

/** Mean and standard error of the loss over independent batches. */
export function bySampling(lossOf: (batch: number) => number, batches: number) {
  const losses = Array.from({ length: batches }, (_, k) => lossOf(k));
  const mean = losses.reduce((a, b) => a + b, 0) / batches;
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (batches - 1) / batches) };
}

/** A grid of 3 x 2 cells with correlated features. */
export const correlatedGrid: GridSpec = {
  architecture: { task: 'computation', activation: 'quadratic' },
  shape: 'uniform',
  unitVariance: true,
  correlation: { kind: 'one-of', groups: 2 },
  features: 4,
  dims: 2,
  importance: 1,
  density: 0.3,
  importancePower: 1,
  x: { parameter: 'importance', values: [0.1, 1, 10] },
  y: { parameter: 'density', values: [0.5, 0.1] },
  training: { ...defaultGridTraining, restarts: 2 },
  seed: 1,
};
