/**
 * A toy model as plain data. The computation model with quadratic activation ("Redwood", arXiv:2210.01892,
 * equations 9 to 11) is y~ = |W x|^2 + b, trained on y = sum_i v_i x_i^2 with squared error.
 */
export interface ToyModel {
  readonly task: 'computation';
  readonly activation: 'quadratic';
  /** N, the number of input features. */
  readonly features: number;
  /** D, the number of hidden neurons. */
  readonly dims: number;
  /** v_i > 0: the coefficient of feature i in the target, one a feature. */
  readonly importance: readonly number[];
}

/**
 * Checks a model's fields.
 *
 * @throws RangeError naming the field, its value and what it must be.
 */
export function checkModel(model: ToyModel): void {
  const { features, dims, importance } = model;
  if (model.task !== 'computation')
    throw new RangeError(`task: must be computation, got ${String(model.task)}`);
  if (model.activation !== 'quadratic') {
    throw new RangeError(`activation: must be quadratic, got ${String(model.activation)}`);
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
  importance.forEach((v, i) => {
    if (!(v > 0 && v < Infinity)) {
      throw new RangeError(
        `importance: feature ${i} has ${v}; importances must be positive and finite`,
      );
    }
  });
}
