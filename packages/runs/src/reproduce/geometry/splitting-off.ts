import { realPower } from '@polysem/numerics/elementary';
import { dynamics, findBlocks, nameShape, type Dynamics } from '@polysem/core/geometry';
import { embedding, type Embedding } from '@polysem/core/embedding';
import { generator, childGenerator } from '@polysem/numerics/random';
import { initialParameters } from '@polysem/engine/training';
import { lbfgs } from '@polysem/engine/descent';
import { measureCapacity } from '@polysem/core/capacity';
import { phaseBoundaries } from '@polysem/core/theory';
import { quadraticExactLoss, standardMoments } from '@polysem/engine/models';
import { uniformKurtosis } from '../uniform-kurtosis.ts';
import { frameOf } from './one-eigenspace.ts';

/** Networks in which one feature grows in importance, V, each trained from the weights for the previous V. */
export interface SplittingOff {
  readonly features: number;
  readonly dims: number;
  readonly density: number;
  /** V of each network, in ascending order. */
  readonly importance: readonly number[];
  readonly embeddings: readonly Embedding[];
  /** One row per V; the step is the index into `importance`. */
  readonly dynamics: Dynamics;
  /** V from which theory gives the feature a whole dimension. */
  readonly fullFrom: number;
  /** V of each network in which it splits from its block. */
  readonly splitAt: readonly number[];
  /** Largest |C - 1| of the feature after the split. */
  readonly capacityError: number;
  /** Largest tightness of the others as a block of D - 1 dimensions. */
  readonly othersTightness: number;
}

/** Number of geometric steps of V from 1 to 4. */
const STEPS = 60;

/**
 * Follows a feature that splits from its block as its importance grows (section 4.5 of arXiv:2210.01892): its capacity
 * reaches 1 and it takes one dimension, the block keeps the rest. 6 features in 3 dimensions, density 0.05. Each network is
 * trained on the exact loss from the weights for the previous V.
 */
export function splittingOff(seed: number): SplittingOff {
  const [features, dims, density] = [6, 3, 0.05];
  const kurtosis = uniformKurtosis(density);
  const importance = Array.from({ length: STEPS + 1 }, (_, at) => realPower(4, at / STEPS));
  let parameters: Float64Array | null = null;
  const embeddings = importance.map((v) => {
    const model = {
      task: 'computation',
      activation: 'quadratic',
      features,
      dims,
      importance: Array.from({ length: features }, (_, i) => (i === 0 ? v : 1)),
    } as const;
    parameters ??= initialParameters(
      model,
      { name: 'importance' },
      childGenerator(generator(seed), 6),
    );
    const loss = quadraticExactLoss(model, standardMoments(kurtosis));
    const result = lbfgs(loss, parameters.slice(0, loss.size), { maxIterations: 3000 });
    parameters = result.parameters;
    return embedding(dims, features, parameters.slice());
  });
  const run = dynamics(
    embeddings.map((w, step) => {
      const { components } = findBlocks(w, { noise: 1e-4 });
      return {
        step,
        loss: 0,
        embedding: w,
        blocks: components.map((block) => block.features),
        shapes: components.map((block) => nameShape(w, block.features).name),
      };
    }),
    { fullTolerance: 1e-4, integerTolerance: 1e-3 },
  );
  const splits = run.events.filter(({ kind, into }) => kind === 'splits' && into[0].join() === '0');
  const after = splits.length === 0 ? [] : embeddings.slice(splits[0].checkpoint);
  const others = Array.from({ length: features - 1 }, (_, i) => i + 1);
  const measured = after.map((w) => {
    const { capacity } = measureCapacity(w);
    return { capacity: capacity[0], tightness: frameOf(w, others, capacity).tightness };
  });
  return {
    features,
    dims,
    density,
    importance,
    embeddings,
    dynamics: run,
    fullFrom: phaseBoundaries({ features, dims, kurtosis }).fullFrom,
    splitAt: splits.map(({ checkpoint }) => importance[checkpoint]),
    capacityError: Math.max(...measured.map(({ capacity }) => Math.abs(capacity - 1))),
    othersTightness: Math.max(...measured.map(({ tightness }) => tightness)),
  };
}
