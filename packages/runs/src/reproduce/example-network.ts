import { allocateQuadratic, type Allocation } from '@polysem/core/theory';
import { embedding, gram, type Embedding } from '@polysem/core/embedding';
import { measureCapacity, mutualCoherence, summarise } from '@polysem/core/capacity';
import { moments } from '@polysem/core/features';
import { quadraticExactLoss } from '@polysem/engine/models';
import {
  train,
  trainingDefaults,
  type TrainingResult,
  type TrainingSpec,
} from '@polysem/engine/training';
import { atMost, equal, type Claim } from './claim.ts';
import { uniformKurtosis } from './figure4.ts';

/** A trained network, measured and compared with the prediction. */
export interface ExampleNetwork {
  readonly spec: TrainingSpec;
  readonly density: number;
  readonly predicted: Allocation;
  readonly trained: TrainingResult;
  /** N x N, row-major. */
  readonly gram: Float64Array;
  readonly leverage: Float64Array;
}

/**
 * Trains the quadratic model on eight features with importances 1, 0.7, 0.49, .. and density 0.05.
 *
 * @param dims dimensions D.
 * @param seed decides all random numbers.
 * @returns the trained network with its Gram matrix, leverages and predicted allocation.
 *
 * @example
 * ```js
 * import { exampleNetwork } from 'polysem/reproduce';
 * const { predicted, trained } = exampleNetwork(2, 0);
 * Math.abs(trained.capacity[0] - predicted.capacity[0]) < 1e-4; // true
 * ```
 */
export function exampleNetwork(dims: number, seed: number): ExampleNetwork {
  const importance = Array.from({ length: 8 }, (_, i) => 0.7 ** i);
  const model = {
    task: 'computation',
    activation: 'quadratic',
    features: importance.length,
    dims,
    importance,
  } as const;
  const density = 0.05;
  const spec: TrainingSpec = {
    model,
    inputs: { shape: 'uniform', density, unitVariance: true },
    ...trainingDefaults(model),
    seed,
  };
  const trained = train(spec);
  return {
    spec,
    density,
    predicted: allocateQuadratic({
      importance,
      kurtosis: uniformKurtosis(density),
      dims,
    }),
    trained,
    gram: gram(trained.embedding),
    leverage: measureCapacity(trained.embedding).leverage,
  };
}

/**
 * Claims about a trained network: its capacities match the prediction, and capacities and leverages have the right sums.
 *
 * @param network a network of any size.
 * @returns three claims.
 *
 * @example
 * ```js
 * import { exampleClaims, exampleNetwork } from 'polysem/reproduce';
 * exampleClaims(exampleNetwork(2, 0)).map(({ pass }) => pass); // [true, true, true]
 * ```
 */
export function exampleClaims({
  spec,
  density,
  predicted,
  trained,
  leverage,
}: ExampleNetwork): Claim[] {
  const { features, dims } = spec.model;
  const name = `${features} features in ${dims} dimensions, density ${density}`;
  const id = `network-${features}-in-${dims}`;
  return [
    atMost(
      {
        id: `${id}-capacity`,
        claim: `Trained network, ${name}: largest |C - C_theory|`,
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
 * Claims that "one large block" is generic in the quadratic model, not forced. At equal importance, k = 18, 6 features in
 * 3 dimensions, three antipodal pairs have the optimal loss too, but training ends in tight frames without such pairs.
 *
 * @param seed decides the initial weights.
 * @returns three claims.
 *
 * @example
 * ```js
 * import { equalImportanceClaims } from 'polysem/reproduce';
 * equalImportanceClaims(0).map(({ pass }) => pass); // [true, true, true]
 * ```
 */
export function equalImportanceClaims(seed: number): Claim[] {
  const [features, dims] = [6, 3];
  const importance = Array.from({ length: features }, () => 1);
  const inputs = { shape: 'uniform', density: 0.1, unitVariance: true } as const;
  const model = {
    task: 'computation',
    activation: 'quadratic',
    features,
    dims,
    importance,
  } as const;
  const optimum = allocateQuadratic({
    importance,
    kurtosis: uniformKurtosis(inputs.density),
    dims,
  });
  const exact = quadraticExactLoss(model, moments(inputs));
  const pairs = pairsAlongAxes(optimum.squaredNorm, dims);
  const pairLoss = exact.evaluate(Float64Array.from(pairs.data), new Float64Array(exact.size));
  const trained = train({
    model,
    inputs,
    ...trainingDefaults(model),
    restarts: 1,
    seed,
  });
  const source = 'docs/theory.md section 4';
  return [
    equal(
      {
        id: 'equal-pairs',
        claim:
          'Equal importance, k = 18, 6 features in 3 dimensions: loss of three antipodal pairs',
        source,
      },
      10.7368421,
      pairLoss,
      5e-8,
    ),
    equal(
      { id: 'equal-trained', claim: 'Loss of the trained network in the same case', source },
      10.7368421,
      trained.loss,
      5e-8,
    ),
    equal(
      {
        id: 'equal-not-pairs',
        claim:
          'The trained network is not a set of antipodal pairs (1: its mutual coherence is below 0.999)',
        source,
      },
      1,
      Number(mutualCoherence(trained.embedding).coherence < 0.999),
      0,
    ),
  ];
}

/** Antipodal pairs along the axes, with capacity 1/2 each. */
function pairsAlongAxes(squaredNorm: ArrayLike<number>, dims: number): Embedding {
  const pairs = embedding(dims, squaredNorm.length);
  Array.from(squaredNorm, (n, i) => {
    pairs.data[i * dims + (i >> 1)] = (i % 2 === 0 ? 1 : -1) * Math.sqrt(n);
  });
  return pairs;
}
