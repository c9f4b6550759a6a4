import { embedding } from '@polysem/core/embedding';
import {
  checkMoment,
  momentsOfChecked,
  type DistributedInputs,
  type FeatureDistribution,
  type FeatureMoments,
} from '@polysem/core/features';
import { bestBias } from '../models/quadratic-exact-loss.ts';
import { inputsMeanError, type MeanError } from '../models/quadratic-mean-error.ts';
import type { ProductCovariance } from '../models/quadratic-sample-loss.ts';
import type { QuadraticModel, ToyModel } from '../models/toy-model.ts';
import { allocateQuadratic } from '@polysem/core/theory';
import { initialParameters } from './initialise.ts';
import { exactLoss, type FixedLoss } from './fixed-loss.ts';
import { evaluationBy, type TrainedParts, type TrainingProblem } from './problem.ts';
import { streamOf } from './streams.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * The quadratic computation model. It is evaluated by its exact expected loss with the best b, and
 * compared with the certified optimum if features are independent.
 *
 * @throws RangeError if the inputs have no fourth moment.
 */
export function quadraticProblem(
  spec: TrainingSpec,
  inputs: DistributedInputs,
  sample: ProductCovariance | undefined,
): TrainingProblem {
  const { model, largest } = unitModel(spec.model);
  const { bias, predicted } = expectation(model, inputs);
  const exact: FixedLoss = { kind: 'exact', model, inputs };
  const isFixed = spec.loss === 'exact' || spec.optimiser.name === 'lbfgs';
  return {
    ...quadraticParts(spec, model, largest, bias, isFixed),
    inputs,
    fixed: isFixed ? fixedLoss(spec, exact, sample) : null,
    evaluation: () => evaluationBy(exactLoss(model, inputs)),
    predicted,
  };
}

/**
 * The quadratic model in units in which the largest importance is 1. The loss is homogeneous:
 * multiplying importances by c multiplies weights by sqrt c and the loss by c^2.
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
 * The parts of a quadratic problem that do not depend on the inputs. Fixed losses depend on W alone
 * and use the best b for it. Training on batches also trains b, starting from the best b for the
 * initial W.
 *
 * @param bias the best b for a W, in the units of training.
 */
export function quadraticParts(
  spec: TrainingSpec,
  model: QuadraticModel,
  largest: number,
  bias: MeanError,
  isFixed: boolean,
): Omit<TrainingProblem, 'inputs' | 'fixed' | 'evaluation' | 'predicted'> {
  const { features, dims } = model;
  const size = features * dims;
  return {
    model,
    start: (g) => {
      const parameters = initialParameters(model, spec.initialisation, g);
      const weights = parameters.subarray(0, size);
      // Weights initialised by importance are already in the units of training; others are in the
      // user's units.
      if (spec.initialisation.name !== 'importance') {
        for (let j = 0; j < weights.length; j++) weights[j] /= Math.sqrt(largest);
      }
      // The optimum for features of importance 0. Descent approaches it ever more slowly where no other feature interferes, and
      // a vector of any length has a whole dimension there.
      model.importance.forEach((v, i) => {
        if (v === 0) weights.fill(0, i * dims, (i + 1) * dims);
      });
      if (isFixed) return weights;
      parameters[size] = bias(weights);
      return parameters;
    },
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

/** The network of a W, with the best b for it, in the user's units. */
export function quadraticPartsOf(
  model: QuadraticModel,
  inputs: DistributedInputs,
  weights: Float64Array,
): TrainedParts {
  return {
    embedding: embedding(model.dims, model.features, weights),
    bias: Float64Array.of(meanError(model, inputs)(weights)),
    readOut: null,
    outputWeights: null,
  };
}

/** The best bias for a W. */
function meanError(model: QuadraticModel, inputs: DistributedInputs): MeanError {
  if (inputs.kind === 'correlated') return inputsMeanError(model, inputs);
  const known = inputs.marginals.map(finiteMoments);
  return (w) => bestBias(model, known, w);
}

/** The best bias for a W, and the certified optimum where the theory applies. */
function expectation(
  model: QuadraticModel,
  inputs: DistributedInputs,
): {
  readonly bias: MeanError;
  readonly predicted: TrainingProblem['predicted'];
} {
  const bias = meanError(model, inputs);
  const predicted =
    inputs.kind === 'correlated' ? null : predict(model, inputs.marginals.map(finiteMoments));
  return { bias, predicted };
}

function finiteMoments(distribution: FeatureDistribution): FeatureMoments {
  checkMoment(distribution, 4, 'the loss of the quadratic model');
  return momentsOfChecked(distribution);
}

function fixedLoss(
  spec: TrainingSpec,
  exact: Extract<FixedLoss, { kind: 'exact' }>,
  products: ProductCovariance | undefined,
): FixedLoss {
  if (spec.loss === 'exact') return exact;
  const { model, inputs } = exact;
  if (products !== undefined) return { kind: 'products', model, products };
  const { batch: rows, sampling = 'plain' } = spec;
  return { kind: 'sample', model, inputs, sampling, rows, stream: streamOf(spec, 0) };
}

/**
 * The certified optimum. The theory needs variance 1: substituting x = s x' turns importance v into
 * s^2 v and leaves the loss unchanged.
 */
function predict(
  model: QuadraticModel,
  known: readonly FeatureMoments[],
): TrainingProblem['predicted'] {
  if (known.some(({ mean }) => mean !== 0)) return null;
  const kurtosis = known.map(({ variance, fourthCentral }) =>
    Math.max(1, fourthCentral / (variance * variance)),
  );
  const { loss, capacity } = allocateQuadratic({
    importance: model.importance.map((v, i) => v * known[i].variance),
    kurtosis,
    dims: model.dims,
  });
  // The capacities are those of W diag(s), which equal those of W if all s are equal.
  const isEqual = known.every(({ variance }) => variance === known[0].variance);
  return { loss, capacity: isEqual ? capacity : null };
}
