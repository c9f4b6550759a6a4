import { oneOf, positiveInteger } from '@polysem/numerics/checks';
import { tasks } from '../names/tasks.ts';
import { activationNames, type Activation } from '../activations/registry.ts';
import { checkImportance, checkSomeImportance } from '@polysem/core/theory';

/**
 * A computation model ("Redwood", arXiv:2210.01892, equations 9 to 11 for f(x) = x^2): the target
 * is y = sum_i v_i f(x_i), the network computes y~ = sum_a u_a f(W_a . x) + b, and the loss is the
 * mean of (y - y~)^2.
 */
export interface ComputationModel {
  readonly task: 'computation';
  /** f, in both target and network. */
  readonly activation: Activation;
  /** N, the number of input features. */
  readonly features: number;
  /** D, the number of hidden neurons. */
  readonly dims: number;
  /** v_i > 0: coefficients in the target, one per feature. */
  readonly importance: readonly number[];
  /** u_a: all 1 (fixed, the default) or trained (free). */
  readonly outputWeights?: 'fixed' | 'free';
  /** True (the default) if there is a bias b, one number. */
  readonly bias?: boolean;
}

/** The computation model that the theory covers: y~ = |W x|^2 + b. */
export interface QuadraticModel extends ComputationModel {
  readonly activation: 'quadratic';
  readonly outputWeights?: 'fixed';
  readonly bias?: true;
}

/**
 * Role of importance in the loss of models with one output per feature. `loss-weight`: the mean of
 * sum_i v_i (y_i - y~_i)^2 (Elhage et al. 2022). `target-coefficient`: the mean of sum_i (v_i y_i -
 * y~_i)^2.
 */
export type ImportanceRole = 'loss-weight' | 'target-coefficient';

interface FeaturewiseModel {
  /** The activation on the output. */
  readonly activation: Activation;
  /** N, the number of features. */
  readonly features: number;
  /**
   * D, the number of dimensions that features are compressed into, or the number of hidden neurons.
   */
  readonly dims: number;
  /** v_i >= 0: importances, one per feature, at least one of them above 0. */
  readonly importance: readonly number[];
  /** Role of importance; `loss-weight` by default. */
  readonly importanceRole?: ImportanceRole;
  /** True (the default) if there is a bias b on the output, one number per feature. */
  readonly bias?: boolean;
}

/**
 * A compression model ("Anthropic", Elhage et al. 2022): the autoencoder x~ = f(U^T g(W x) + b),
 * with U = W if tied. By default importance weights the squared error of x.
 */
export interface CompressionModel extends FeaturewiseModel {
  readonly task: 'compression';
  /** g, on the hidden layer; linear by default. */
  readonly hiddenActivation?: Activation;
  /** True (the default) if the read-out U is W. */
  readonly tied?: boolean;
}

/**
 * A computation model with one output per feature (Elhage et al. 2022, "computing absolute value"):
 * the target is y_i = t(x_i), and the network computes y~ = f(U^T g(W x) + b) with trained U. By
 * default importance weights the squared error of y.
 */
export interface VectorComputationModel extends FeaturewiseModel {
  readonly task: 'vector-computation';
  /** t, the function of each feature that the network must compute. */
  readonly target: Activation;
  /** g, on the hidden layer; relu by default. */
  readonly hiddenActivation?: Activation;
}

/** A toy model as plain data. */
export type ToyModel = ComputationModel | CompressionModel | VectorComputationModel;

/**
 * Checks a model's fields.
 *
 * @throws RangeError naming the field, its value and what it must be.
 */
export function checkModel(model: ToyModel): void {
  const { features, dims, importance } = model;
  oneOf('task', model.task, tasks);
  oneOf('activation', model.activation, activationNames);
  if (model.task !== 'computation') {
    if (model.hiddenActivation !== undefined)
      oneOf('hiddenActivation', model.hiddenActivation, activationNames);
    if (model.importanceRole !== undefined)
      oneOf('importanceRole', model.importanceRole, ['loss-weight', 'target-coefficient']);
    if (model.task === 'vector-computation') oneOf('target', model.target, activationNames);
  }
  positiveInteger('features', features);
  if (!Number.isInteger(dims) || dims < 1 || dims > features) {
    throw new RangeError(
      `dims: must be an integer from 1 to ${features}, the number of features, got ${dims}`,
    );
  }
  if (importance.length !== features) {
    throw new RangeError(
      `importance: ${importance.length} values for ${features} features; give one per feature`,
    );
  }
  importance.forEach(checkImportance);
  checkSomeImportance(importance);
}

/**
 * True for the quadratic model: the only one whose expected loss has a closed form and whose
 * optimum is known.
 *
 * @param model any toy model.
 * @returns true for quadratic computation with fixed output weights and a bias.
 *
 * @example
 * ```js
 * import { isQuadraticModel } from 'polysem/models';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 1, importance: [1, 1] };
 * isQuadraticModel(model); // true
 * isQuadraticModel({ ...model, activation: 'relu' }); // false
 * ```
 */
export function isQuadraticModel(model: ToyModel): model is QuadraticModel {
  return (
    model.task === 'computation' &&
    model.activation === 'quadratic' &&
    model.outputWeights !== 'free' &&
    model.bias !== false
  );
}

/**
 * Checks that a model is the quadratic one, which the theory covers.
 *
 * @throws RangeError if it is malformed or any other model.
 */
export function checkQuadraticModel(model: QuadraticModel): void {
  checkModel(model);
  if (!isQuadraticModel(model)) {
    const { activation, task } = model as ToyModel;
    throw new RangeError(
      `activation: the theory covers only the quadratic computation model with fixed output weights and a bias, not ${activation} ${task}`,
    );
  }
}
