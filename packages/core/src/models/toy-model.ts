import { checkImportance } from '../theory/bounds.ts';
import { activations, type Activation } from './activation.ts';

/**
 * A computation model ("Redwood", arXiv:2210.01892, equations 9 to 11 for f(x) = x^2): the target is
 * y = sum_i v_i f(x_i), the network y~ = sum_a u_a f(W_a . x) + b, the loss the mean of (y - y~)^2.
 */
export interface ComputationModel {
  readonly task: 'computation';
  /** f, in target and network alike. */
  readonly activation: Activation;
  /** N, the number of input features. */
  readonly features: number;
  /** D, the number of hidden neurons. */
  readonly dims: number;
  /** v_i > 0: the coefficient of feature i in the target, one a feature. */
  readonly importance: readonly number[];
  /** u_a: all 1 (fixed, the default) or trained (free). */
  readonly outputWeights?: 'fixed' | 'free';
}

/** The computation model that has a theory: y~ = |W x|^2 + b. */
export interface QuadraticModel extends ComputationModel {
  readonly activation: 'quadratic';
  readonly outputWeights?: 'fixed';
}

/**
 * A compression model ("Anthropic", Elhage et al. 2022): the autoencoder x~ = f(U^T W x + b), U = W where tied, with
 * loss the mean over inputs of sum_i v_i (x_i - x~_i)^2: importance weights the squared error.
 */
export interface CompressionModel {
  readonly task: 'compression';
  /** f, on the output. */
  readonly activation: Activation;
  /** N, the number of features. */
  readonly features: number;
  /** D, the dimensions they are compressed into. */
  readonly dims: number;
  /** v_i > 0: the weight of feature i in the loss, one a feature. */
  readonly importance: readonly number[];
  /** Whether the read-out U is W itself (the default). */
  readonly tied?: boolean;
  /** Whether there is a bias b, one number a feature (the default). */
  readonly bias?: boolean;
}

/** A toy model as plain data. */
export type ToyModel = ComputationModel | CompressionModel;

/**
 * Checks a model's fields.
 *
 * @throws RangeError naming the field, its value and what it must be.
 */
export function checkModel(model: ToyModel): void {
  const { features, dims, importance } = model;
  if (model.task !== 'computation' && model.task !== 'compression') {
    throw new RangeError(
      `task: must be computation or compression, got ${String((model as ToyModel).task)}`,
    );
  }
  if (!Object.hasOwn(activations, model.activation)) {
    throw new RangeError(
      `activation: must be one of ${Object.keys(activations).join(', ')}, got ${String(model.activation)}`,
    );
  }
  if (!Number.isInteger(features) || features < 1) {
    throw new RangeError(`features: must be a positive integer, got ${features}`);
  }
  if (!Number.isInteger(dims) || dims < 1 || dims > features) {
    throw new RangeError(
      `dims: must be an integer from 1 to ${features}, the number of features, got ${dims}`,
    );
  }
  if (importance.length !== features) {
    throw new RangeError(
      `importance: ${importance.length} values for ${features} features; give one a feature`,
    );
  }
  importance.forEach(checkImportance);
}

/** Checks that a model is the one with a theory. @throws RangeError as `checkModel` does, and for any other model. */
export function checkQuadraticModel(model: QuadraticModel): void {
  checkModel(model);
  const wide: ToyModel = model;
  if (
    wide.task !== 'computation' ||
    wide.activation !== 'quadratic' ||
    wide.outputWeights === 'free'
  ) {
    throw new RangeError(
      `activation: the theory knows the quadratic computation model with fixed output weights, not ${wide.activation} ${wide.task}`,
    );
  }
}
