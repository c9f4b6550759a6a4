import { embedding } from '../embedding.ts';
import type { FeatureDistribution } from '../features/distribution.ts';
import { moments, type FeatureMoments } from '../features/moments.ts';
import { sampleSparse } from '../features/sparse.ts';
import type { Loss } from '../models/loss.ts';
import { quadraticBatchLoss } from '../models/quadratic-batch-loss.ts';
import { bestBias, quadraticExactLoss } from '../models/quadratic-exact-loss.ts';
import {
  PRODUCTS_UP_TO,
  quadraticSampleLoss,
  sampleProducts,
  type ProductCovariance,
} from '../models/quadratic-sample-loss.ts';
import type { QuadraticModel } from '../models/toy-model.ts';
import type { Generator } from '../random/generator.ts';
import { allocateQuadratic } from '../theory/allocate-quadratic.ts';
import { initialParameters } from './initialise.ts';
import type { TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * The quadratic computation model, judged by its exact expected loss with b at its best, and held against the certified
 * optimum. Trained in units where the largest importance is 1: the loss is homogeneous, importances times c, weights
 * times sqrt c, loss times c^2.
 *
 * Fixed losses know W only, b being at its best. Batches train b with W, from where it is best for the first W.
 *
 * @throws RangeError if the inputs have no fourth moment.
 */
export function quadraticProblem(
  spec: TrainingSpec,
  data: Generator,
  sample: ProductCovariance | undefined,
): TrainingProblem {
  const inputMoments = momentsOf(spec.inputs);
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
  const fixed = fixedLoss(spec, model, exact, data, sample);
  return {
    model,
    start: (g) => {
      const parameters = initialParameters(model, spec.initialisation, g);
      const weights = parameters.subarray(0, exact.size);
      // Scaled by importance the weights are in the units of training already, else in the user's.
      if (spec.initialisation.name !== 'importance') {
        for (let j = 0; j < weights.length; j++) weights[j] /= Math.sqrt(largest);
      }
      if (fixed !== null) return weights;
      parameters[exact.size] = bestBias(model, inputMoments, weights);
      return parameters;
    },
    fixed,
    judge: exact,
    heldOut: null,
    predicted: predict(model, inputMoments),
    lossUnit: largest * largest,
    parts: (parameters) => {
      const weights = parameters.subarray(0, exact.size);
      return {
        embedding: embedding(
          dims,
          features,
          weights.map((x) => x * Math.sqrt(largest)),
        ),
        bias: Float64Array.of(bestBias(model, inputMoments, weights) * largest),
        readOut: null,
        outputWeights: null,
      };
    },
  };
}

function momentsOf(inputs: TrainingSpec['inputs']): FeatureMoments | FeatureMoments[] {
  return 'length' in inputs ? inputs.map(finiteMoments) : finiteMoments(inputs);
}

function finiteMoments(distribution: FeatureDistribution): FeatureMoments {
  const known = moments(distribution);
  if (Number.isFinite(known.fourthCentral)) return known;
  throw new RangeError(
    'degreesOfFreedom: the loss of the quadratic model is infinite for student-t inputs of 4 or fewer; use more than 4',
  );
}

function fixedLoss(
  spec: TrainingSpec,
  model: QuadraticModel,
  exact: Loss,
  data: Generator,
  sample: ProductCovariance | undefined,
): Loss | null {
  if (spec.loss === 'exact') return exact;
  if (spec.optimiser.name !== 'lbfgs') return null;
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
  inputs: FeatureMoments | readonly FeatureMoments[],
): TrainingProblem['predicted'] {
  const each = 'length' in inputs ? inputs : model.importance.map(() => inputs);
  if (each.some(({ mean }) => mean !== 0)) return null;
  const kurtosis = each.map(({ variance, fourthCentral }) =>
    Math.max(1, fourthCentral / (variance * variance)),
  );
  const { loss, capacity } = allocateQuadratic({
    importance: model.importance.map((v, i) => v * each[i].variance),
    kurtosis: 'length' in inputs ? kurtosis : kurtosis[0],
    dims: model.dims,
  });
  // The capacities are those of W diag(s), which are W's where all s are equal.
  const isEqual = each.every(({ variance }) => variance === each[0].variance);
  return { loss, capacity: isEqual ? capacity : null };
}
