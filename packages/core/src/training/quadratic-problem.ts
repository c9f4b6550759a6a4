import { embedding } from '../embedding.ts';
import { moments } from '../features/moments.ts';
import { sampleSparse } from '../features/sparse.ts';
import type { Loss } from '../models/loss.ts';
import { quadraticBatchLoss } from '../models/quadratic-batch-loss.ts';
import { bestBias, quadraticExactLoss, type LossMoments } from '../models/quadratic-exact-loss.ts';
import {
  PRODUCTS_UP_TO,
  quadraticSampleLoss,
  sampleProducts,
  type ProductCovariance,
} from '../models/quadratic-sample-loss.ts';
import type { QuadraticModel } from '../models/toy-model.ts';
import type { Generator } from '../random/generator.ts';
import { allocateQuadratic } from '../theory/allocate-quadratic.ts';
import type { Allocation } from '../theory/allocation.ts';
import { initialWeights } from './initialise.ts';
import type { TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * The quadratic computation model, b at its best, judged by its exact expected loss and held against the certified
 * optimum. Trained in units where the largest importance is 1: the loss is homogeneous, importances times c, weights
 * times sqrt c, loss times c^2.
 *
 * @throws RangeError if the inputs have no fourth moment.
 */
export function quadraticProblem(
  spec: TrainingSpec,
  data: Generator,
  sample: ProductCovariance | undefined,
): TrainingProblem {
  const inputMoments = moments(spec.inputs);
  if (!Number.isFinite(inputMoments.fourthCentral)) {
    throw new RangeError(
      'degreesOfFreedom: the loss of the quadratic model is infinite for student-t inputs of 4 or fewer; use more than 4',
    );
  }
  const { features, dims } = spec.model;
  const largest = spec.model.importance.reduce((a, b) => Math.max(a, b));
  const importance = spec.model.importance.map((v) => v / largest);
  const model: QuadraticModel = {
    task: 'computation',
    activation: 'quadratic',
    features,
    dims,
    importance,
  };
  const exact = quadraticExactLoss(model, inputMoments);
  return {
    start: (g) => initialWeights(importance, dims, g),
    fixed: fixedLoss(spec, model, exact, data, sample),
    batch: (g) => quadraticBatchLoss(model, sampleSparse(spec.inputs, features, spec.batch, g)),
    judge: exact,
    predicted: predict(model, inputMoments),
    lossUnit: largest * largest,
    parts: (weights) => ({
      embedding: embedding(
        dims,
        features,
        weights.map((x) => x * Math.sqrt(largest)),
      ),
      bias: Float64Array.of(bestBias(model, inputMoments, weights) * largest),
      readOut: null,
      outputWeights: null,
    }),
  };
}

function fixedLoss(
  spec: TrainingSpec,
  model: QuadraticModel,
  exact: Loss,
  data: Generator,
  sample: ProductCovariance | undefined,
): Loss | null {
  if (spec.loss === 'exact') return exact;
  if (spec.optimiser !== 'lbfgs') return null;
  if (sample !== undefined) return quadraticSampleLoss(model, sample);
  const { features } = model;
  if (features <= PRODUCTS_UP_TO) {
    return quadraticSampleLoss(model, sampleProducts(spec.inputs, features, spec.batch, data));
  }
  return quadraticBatchLoss(model, sampleSparse(spec.inputs, features, spec.batch, data));
}

/** The theory wants variance 1: x = s x' turns importance v into s^2 v and leaves the loss alone. */
function predict(
  model: QuadraticModel,
  { mean, variance, fourthCentral }: LossMoments,
): Allocation | null {
  if (mean !== 0) return null;
  return allocateQuadratic({
    importance: model.importance.map((v) => v * variance),
    kurtosis: Math.max(1, fourthCentral / (variance * variance)),
    dims: model.dims,
  });
}
