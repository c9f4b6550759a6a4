import { integerAtLeast, oneOf, positive } from '@polysem/numerics/checks';
import {
  checkValueDistribution,
  isCorrelated,
  resolveInputs,
  type DistributedInputs,
} from '@polysem/core/features';
import { checkModel, type ToyModel } from '../models/toy-model.ts';
import { gridParameters } from '../names/grid-parameters.ts';
import { gridCell, type GridAxis, type GridSpec } from './grid-spec.ts';

/** One cell of a grid, checked: a model and its resolved inputs. */
export interface PlannedCell {
  readonly model: ToyModel;
  /** Cells with the same inputs share one object. */
  readonly inputs: DistributedInputs;
}

/** A checked grid with its cells. */
export interface GridPlan {
  readonly spec: GridSpec;
  /** Cells by row and column. */
  readonly cells: readonly (readonly PlannedCell[])[];
}

/**
 * Checks a grid, once, and resolves the model and the inputs of each cell.
 *
 * @param spec the grid.
 * @returns the spec with its cells.
 * @throws RangeError naming the field, its value and what it must be.
 *
 * @example
 * ```js
 * import { defaultGridTraining, planGrid } from 'polysem/phase';
 * const sizes = { features: 3, dims: 1, importance: 1, density: 0.1, importancePower: 1 };
 * const x = { parameter: 'importance', values: [0.5, 2] };
 * const y = { parameter: 'density', values: [0.2, 0.1] };
 * const architecture = { task: 'compression', activation: 'relu' };
 * const inputs = { shape: 'uniform', unitVariance: true };
 * const spec = { architecture, ...inputs, ...sizes, x, y, training: defaultGridTraining, seed: 0 };
 * planGrid(spec).cells[1][0].model.importance; // [0.5, 1, 1]
 * ```
 */
export function planGrid(spec: GridSpec): GridPlan {
  const { x, y, training } = spec;
  for (const [name, axis] of [
    ['x', x],
    ['y', y],
  ] as const)
    checkAxis(name, axis);
  if (x.parameter === y.parameter) {
    throw new RangeError(`y: ${y.parameter} is on the other axis already; take another parameter`);
  }
  for (const field of ['rows', 'screeningRows', 'restarts', 'iterations'] as const)
    integerAtLeast(field, training[field], 1);
  for (const field of ['moreRestarts', 'passes'] as const)
    integerAtLeast(field, training[field], 0);
  integerAtLeast('seed', spec.seed, 0);
  if (!(spec.importancePower > 0 && spec.importancePower < Infinity)) {
    throw new RangeError(`importancePower: must be positive, got ${spec.importancePower}`);
  }
  checkValueDistribution(spec);
  return { spec, cells: planCells(spec) };
}

/**
 * The cells of a grid whose axes are checked.
 *
 * @throws RangeError if a model or a distribution is invalid.
 */
export function planCells(spec: GridSpec): PlannedCell[][] {
  const known = new Map<string, DistributedInputs>();
  return spec.y.values.map((_, row) =>
    spec.x.values.map((_value, column) => {
      const { model, inputs } = gridCell(spec, row, column);
      checkModel(model);
      // The correlation is the same in all cells.
      const marginal = isCorrelated(inputs) ? inputs.marginal : inputs;
      const key = JSON.stringify([model.features, marginal]);
      const resolved = known.get(key) ?? resolveInputs(inputs, model.features);
      known.set(key, resolved);
      return { model, inputs: resolved };
    }),
  );
}

function checkAxis(name: string, { parameter, values }: GridAxis): void {
  oneOf(name, parameter, gridParameters);
  if (values.length === 0)
    throw new RangeError(`${name}: ${parameter} needs at least one value, got none`);
  const isWhole = parameter === 'dims' || parameter === 'features';
  values.forEach((value, i) => {
    positive(`${name}: ${parameter}`, value);
    if (isWhole && !Number.isInteger(value))
      throw new RangeError(`${name}: ${parameter} must be integers, got ${value}`);
    if (i > 0 && !((value - values[i - 1]) * (values[1] - values[0]) > 0)) {
      throw new RangeError(
        `${name}: ${parameter} must ascend or descend, got ${value} after ${values[i - 1]}`,
      );
    }
  });
}
