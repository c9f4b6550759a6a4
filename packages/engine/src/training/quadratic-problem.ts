import { embedding } from '@polysem/core/embedding';
import {
  checkMoment,
  isCorrelated,
  moments,
  sampleInputs,
  stratify,
  type FeatureDistribution,
  type FeatureInputs,
  type FeatureMoments,
} from '@polysem/core/features';
import type { Loss } from '../models/loss.ts';
import { productsOf } from '../models/product-covariance.ts';
import { quadraticBatchLoss } from '../models/quadratic-batch-loss.ts';
import { quadraticCorrelatedLoss } from '../models/quadratic-correlated-loss.ts';
import { bestBias, quadraticExactLoss } from '../models/quadratic-exact-loss.ts';
import { inputsMeanError, type MeanError } from '../models/quadratic-mean-error.ts';
import {
  PRODUCTS_UP_TO,
  quadraticSampleLoss,
  sampleProducts,
  type ProductCovariance,
} from '../models/quadratic-sample-loss.ts';
import type { QuadraticModel, ToyModel } from '../models/toy-model.ts';
import type { Generator } from '@polysem/numerics/random';
import { allocateQuadratic } from '@polysem/core/theory';
import { initialParameters } from './initialise.ts';
import { judgeBy, type TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * The quadratic computation model, judged by its exact expected loss with b at its best, and held against the certified
 * optimum where features are independent.
 *
 * @throws RangeError if the inputs have no fourth moment.
 */
export function quadraticProblem(
  spec: TrainingSpec,
  inputs: FeatureInputs,
  stream: Generator,
  sample: ProductCovariance | undefined,
): TrainingProblem {
  const { model, largest } = unitModel(spec.model);
  const { exact, bias, predicted } = expectation(model, inputs);
  const fixed = fixedLoss(spec, inputs, model, exact, stream, sample);
  return {
    ...quadraticParts(spec, model, largest, bias, fixed),
    inputs,
    judge: judgeBy(exact),
    predicted,
  };
}

/**
 * A quadratic model in units where the largest importance is 1: the loss is homogeneous, importances times c, weights
 * times sqrt c, loss times c^2.
 */
export function unitModel({ features, dims, importance }: ToyModel): {
  readonly model: QuadraticModel;
  readonly largest: number;
} {
  const largest = importance.reduce((a, b) => Math.max(a, b));
  const model: QuadraticModel = {
    task: 'computation',
    activation: 'quadratic',
    features,
    dims,
    importance: importance.map((v) => v / largest),
  };
  return { model, largest };
}

/**
 * What there is to know of the quadratic model, whatever its inputs. Fixed losses know W only, b being at its best.
 * Batches train b with W, from where it is best for the first W.
 *
 * @param bias the best b for a W, in the units of training.
 */
export function quadraticParts(
  spec: TrainingSpec,
  model: QuadraticModel,
  largest: number,
  bias: MeanError,
  fixed: Loss | null,
): Omit<TrainingProblem, 'inputs' | 'judge' | 'predicted'> {
  const { features, dims } = model;
  const size = features * dims;
  return {
    model,
    start: (g) => {
      const parameters = initialParameters(model, spec.initialisation, g);
      const weights = parameters.subarray(0, size);
      // Scaled by importance the weights are in the units of training already, else in the user's.
      if (spec.initialisation.name !== 'importance') {
        for (let j = 0; j < weights.length; j++) weights[j] /= Math.sqrt(largest);
      }
      if (fixed !== null) return weights;
      parameters[size] = bias(weights);
      return parameters;
    },
    fixed,
    rounding: 0,
    heldOut: null,
    lossUnit: largest * largest,
    parts: (parameters) => {
      const weights = parameters.subarray(0, size);
      return {
        embedding: embedding(
          dims,
          features,
          weights.map((x) => x * Math.sqrt(largest)),
        ),
        bias: Float64Array.of(bias(weights) * largest),
        readOut: null,
        outputWeights: null,
      };
    },
  };
}

/** The exact loss over a distribution, its best bias, and its certified optimum where the theory speaks. */
function expectation(
  model: QuadraticModel,
  inputs: FeatureInputs,
): {
  readonly exact: Loss;
  readonly bias: MeanError;
  readonly predicted: TrainingProblem['predicted'];
} {
  if (isCorrelated(inputs)) {
    return {
      exact: quadraticCorrelatedLoss(model, inputs),
      bias: inputsMeanError(model, inputs),
      predicted: null,
    };
  }
  const known = momentsOf(inputs);
  return {
    exact: quadraticExactLoss(model, known),
    bias: (w) => bestBias(model, known, w),
    predicted: predict(model, known),
  };
}

function momentsOf(
  inputs: FeatureDistribution | readonly FeatureDistribution[],
): FeatureMoments | FeatureMoments[] {
  return 'length' in inputs ? inputs.map(finiteMoments) : finiteMoments(inputs);
}

function finiteMoments(distribution: FeatureDistribution): FeatureMoments {
  checkMoment(distribution, 4, 'the loss of the quadratic model');
  return moments(distribution);
}

function fixedLoss(
  spec: TrainingSpec,
  inputs: FeatureInputs,
  model: QuadraticModel,
  exact: Loss,
  stream: Generator,
  sample: ProductCovariance | undefined,
): Loss | null {
  if (spec.loss === 'exact') return exact;
  if (spec.optimiser.name !== 'lbfgs') return null;
  if (sample !== undefined) return quadraticSampleLoss(model, sample);
  const { features } = model;
  if (spec.sampling === 'strata') {
    const strata = stratify(stream, inputs, features, { rows: spec.batch });
    return quadraticSampleLoss(model, productsOf(strata));
  }
  if (features <= PRODUCTS_UP_TO) {
    return quadraticSampleLoss(model, sampleProducts(inputs, features, spec.batch, stream));
  }
  return quadraticBatchLoss(model, sampleInputs(stream, inputs, features, spec.batch));
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
