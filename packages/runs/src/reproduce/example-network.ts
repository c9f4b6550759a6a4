import {
  allocateQuadratic,
  gram,
  measureCapacity,
  summarise,
  train,
  trainingDefaults,
  type Allocation,
  type TrainingResult,
  type TrainingSpec,
} from '@polysem/core';
import { atMost, equal, type Claim } from './claim.ts';
import { uniformKurtosis } from './figure4.ts';

/** A network trained, measured, and held against the prediction. */
export interface ExampleNetwork {
  readonly spec: TrainingSpec;
  readonly predicted: Allocation;
  readonly trained: TrainingResult;
  /** N x N, row-major. */
  readonly gram: Float64Array;
  readonly leverage: Float64Array;
}

/** Eight features of falling importance in `dims` dimensions at density 0.05. */
export function exampleNetwork(dims: number, seed: number): ExampleNetwork {
  const importance = Array.from({ length: 8 }, (_, i) => 0.7 ** i);
  const spec: TrainingSpec = {
    model: {
      task: 'computation',
      activation: 'quadratic',
      features: importance.length,
      dims,
      importance,
    },
    inputs: { shape: 'uniform', density: 0.05, unitVariance: true },
    loss: 'exact',
    ...trainingDefaults('exact'),
    seed,
  };
  const trained = train(spec);
  return {
    spec,
    predicted: allocateQuadratic({
      importance,
      kurtosis: uniformKurtosis(spec.inputs.density),
      dims,
    }),
    trained,
    gram: gram(trained.embedding),
    leverage: measureCapacity(trained.embedding).leverage,
  };
}

/** What a trained network must show, whatever its size. */
export function exampleClaims({ spec, predicted, trained, leverage }: ExampleNetwork): Claim[] {
  const { features, dims } = spec.model;
  const name = `${features} features in ${dims} dimensions, density ${spec.inputs.density}`;
  const id = `network-${features}-in-${dims}`;
  return [
    atMost(
      {
        id: `${id}-capacity`,
        claim: `Trained network, ${name}: largest |C - C_theory| is at most`,
        source: 'section 3',
      },
      Math.max(...predicted.capacity.map((c, i) => Math.abs(c - trained.capacity[i]))),
      1e-4,
    ),
    equal(
      { id: `${id}-total`, claim: 'Its capacities sum to D', source: 'section 2' },
      dims,
      summarise(trained.capacity).total,
      1e-6,
    ),
    equal(
      { id: `${id}-leverage`, claim: 'Its leverages sum to rank W', source: 'appendix G' },
      dims,
      summarise(leverage).total,
      1e-9,
    ),
  ];
}

/**
 * "One large block" is generic in the quadratic model, not forced: at equal importance and k = 18 three antipodal pairs
 * and a generic tight frame of 6 features in 3 dimensions have the same loss.
 */
export function equalImportanceClaim(): Claim {
  const { loss } = allocateQuadratic({ importance: [1, 1, 1, 1, 1, 1], kurtosis: 18, dims: 3 });
  return equal(
    {
      id: 'equal-importance',
      claim: 'Optimal loss at equal importance, k = 18, 6 in 3',
      source: 'docs/theory.md section 4',
    },
    10.7368421,
    loss,
    5e-8,
  );
}
