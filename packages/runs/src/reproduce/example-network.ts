import { power } from '@polysem/numerics/elementary';
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
import { atMost, brief, equal, inSection, yes, type Claim } from './claim.ts';
import { paperSections } from './paper-sections.ts';
import { uniformKurtosis } from './uniform-kurtosis.ts';

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
  const importance = Array.from({ length: 8 }, (_, i) => power(0.7, i));
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
 * Claims about a trained network: its capacities and lengths match the prediction, and capacities and leverages have the
 * right sums.
 *
 * @param network a network of any size.
 * @returns four claims.
 *
 * @example
 * ```js
 * import { exampleClaims, exampleNetwork } from 'polysem/reproduce';
 * exampleClaims(exampleNetwork(2, 0)).map(({ pass }) => pass); // [true, true, true, true]
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
  const name = `${features} features in ${dims} dimensions`;
  const id = `network-${features}-in-${dims}`;
  const apart = Math.max(...predicted.capacity.map((c, i) => Math.abs(c - trained.capacity[i])));
  const [total, leverages] = [summarise(trained.capacity).total, summarise(leverage).total];
  const lengths = lengthErrors(spec.model.importance, predicted, trained);
  return [
    ...inSection(paperSections.quadratic, [
      atMost(
        {
          id: `${id}-capacity`,
          claim: `A network with ${name} (density ${density}), trained from random weights, ends within ${brief(apart)} of the predicted capacities`,
          source: 'section 3.3',
        },
        apart,
        1e-4,
      ),
      equal(
        {
          id: `${id}-total`,
          claim: `The capacities of the trained network with ${name} sum to the number of dimensions (difference: ${brief(Math.abs(total - dims))})`,
          source: 'section 2',
        },
        dims,
        total,
        1e-6,
      ),
      atMost(
        {
          id: `${id}-lengths`,
          claim: `In the trained network with ${name}, squared lengths are as predicted: v where full, lambda C where shared, 0 where ignored (largest difference: ${brief(lengths)})`,
          source: 'section 3.3, equations 15 and 18',
        },
        lengths,
        1e-4,
      ),
    ]),
    ...inSection(paperSections.appendices, [
      equal(
        {
          id: `${id}-leverage`,
          claim: `The alternative capacities of the trained network with ${name} sum to the rank of W (difference: ${brief(Math.abs(leverages - dims))})`,
          source: 'appendix G',
        },
        dims,
        leverages,
        1e-9,
      ),
    ]),
  ];
}

/** Largest difference of a trained squared length from v, lambda C or 0, by phase. */
function lengthErrors(
  importance: readonly number[],
  { phase, price }: Allocation,
  { embedding: w, capacity }: TrainingResult,
): number {
  const lambda = Math.sqrt(price / 2);
  const { squaredNorm } = measureCapacity(w);
  return Math.max(
    ...phase.map((name, i) => {
      const wanted =
        name === 'full' ? importance[i] : name === 'partial' ? lambda * capacity[i] : 0;
      return Math.abs(squaredNorm[i] - wanted);
    }),
  );
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
// Long because it lists three claims, one after the other.
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
  const { coherence } = mutualCoherence(trained.embedding);
  const source = 'docs/theory.md section 4';
  return inSection(paperSections.blocks, [
    equal(
      {
        id: 'equal-pairs',
        claim: `Six equally important features in three dimensions, k = 18: three antipodal pairs have the loss ${pairLoss.toFixed(7)}`,
        source,
        origin: 'polysem',
      },
      10.7368421,
      pairLoss,
      5e-8,
    ),
    equal(
      {
        id: 'equal-trained',
        claim: `A network trained for the same case ends with the same loss, ${trained.loss.toFixed(7)}`,
        source,
        origin: 'polysem',
      },
      10.7368421,
      trained.loss,
      5e-8,
    ),
    yes(
      {
        id: 'equal-not-pairs',
        claim: `That trained network has no antipodal pair (largest |cosine|: ${coherence.toFixed(3)}), so one large block is usual in this model but not forced`,
        source,
        origin: 'polysem',
      },
      coherence < 0.999,
    ),
  ]);
}

/** Antipodal pairs along the axes, with capacity 1/2 each. */
function pairsAlongAxes(squaredNorm: ArrayLike<number>, dims: number): Embedding {
  const pairs = embedding(dims, squaredNorm.length);
  Array.from(squaredNorm, (n, i) => {
    pairs.data[i * dims + (i >> 1)] = (i % 2 === 0 ? 1 : -1) * Math.sqrt(n);
  });
  return pairs;
}
