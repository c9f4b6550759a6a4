import {
  densityForKurtosis,
  distributionNames,
  distributions,
  givenParameters,
  valueDistribution,
  type CorrelatedFeatures,
  type Correlation,
  type FeatureDistribution,
  type ValueDistribution,
} from '@polysem/core/features';
import { realPower } from '@polysem/numerics/elementary';
import type { ToyModel } from '../models/toy-model.ts';
import type { GridParameter } from '../names/grid-parameters.ts';
import type { GridTraining } from '../names/grid-training.ts';

/** The values that a parameter takes along an axis, ascending or descending. */
export interface GridAxis {
  readonly parameter: GridParameter;
  readonly values: readonly number[];
}

type WithoutSizes<T> = T extends unknown ? Omit<T, 'features' | 'dims' | 'importance'> : never;

/** A toy model without its sizes and importances. */
export type Architecture = WithoutSizes<ToyModel>;

/**
 * Neighbours disagree if their capacities differ by more than this: either a boundary lies between
 * them, or one has missed its optimum.
 */
export const DISAGREEMENT = 0.1;

/** A phase diagram of any toy model over any two of its parameters; plain data. */
export interface GridSpec extends ValueDistribution {
  readonly architecture: Architecture;
  /** True to scale inputs to variance 1. */
  readonly unitVariance: boolean;
  /** Which features are active together; independent if absent. */
  readonly correlation?: Correlation;
  /** N, D, the importance of the first feature and P(active), unless an axis varies them. */
  readonly features: number;
  readonly dims: number;
  readonly importance: number;
  readonly density: number;
  /** Exponent: the first feature enters the model with its importance raised to this power. */
  readonly importancePower: number;
  /** Columns. */
  readonly x: GridAxis;
  /** Rows. */
  readonly y: GridAxis;
  readonly training: GridTraining;
  readonly seed: number;
}

/** One cell of a grid: a model and its inputs. */
export interface GridCell {
  readonly model: ToyModel;
  readonly inputs: FeatureDistribution | CorrelatedFeatures;
}

/**
 * The model and inputs of a cell. A kurtosis is reached through the density of the inputs. If
 * density is the other axis, it is reached through the tails of Student's t instead: at density p,
 * the kurtosis 3 + 6 / (nu - 4) of its values must be p times the requested one.
 *
 * @param spec the grid.
 * @param row index into the values of y.
 * @param column index into the values of x.
 * @returns the model and inputs.
 * @throws RangeError if there is no such distribution.
 *
 * @example
 * ```js
 * import { defaultGridTraining, gridCell } from 'polysem/phase';
 * const x = { parameter: 'importance', values: [0.01, 1, 100] };
 * const y = { parameter: 'density', values: [0.2] };
 * const architecture = { task: 'computation', activation: 'quadratic' };
 * const inputs = { shape: 'uniform', unitVariance: true, density: 0.2 };
 * const sizes = { features: 2, dims: 1, importance: 1, importancePower: 1, seed: 0 };
 * const spec = { architecture, ...inputs, ...sizes, x, y, training: defaultGridTraining };
 * gridCell(spec, 0, 2).model.importance; // [100, 1]
 * ```
 */
export function gridCell(spec: GridSpec, row: number, column: number): GridCell {
  const at: Partial<Record<GridParameter, number>> = {
    [spec.y.parameter]: spec.y.values[row],
    [spec.x.parameter]: spec.x.values[column],
  };
  const { features = spec.features, dims = spec.dims, importance = spec.importance } = at;
  const varied = realPower(importance, spec.importancePower);
  const marginal = marginalOf(spec, at);
  const { correlation } = spec;
  return {
    model: {
      ...spec.architecture,
      features,
      dims,
      importance: Array.from({ length: features }, (_, i) => (i === 0 ? varied : 1)),
    },
    inputs: correlation === undefined ? marginal : { kind: 'correlated', marginal, correlation },
  };
}

/** Distributions that can reach every kurtosis in a range. */
const ADJUSTABLE = distributionNames.filter((name) => distributions[name].byKurtosis !== undefined);

function marginalOf(
  spec: GridSpec,
  at: Partial<Record<GridParameter, number>>,
): FeatureDistribution {
  const { shape, unitVariance } = spec;
  if (at.kurtosis === undefined)
    return { shape, density: at.density ?? spec.density, unitVariance, ...givenParameters(spec) };
  if (at.density === undefined) {
    const density = densityForKurtosis(valueDistribution(spec), at.kurtosis);
    return { shape, density, unitVariance, ...givenParameters(spec) };
  }
  const { byKurtosis } = distributions[shape];
  if (byKurtosis === undefined) {
    throw new RangeError(
      `shape: axes of both kurtosis and density need a distribution whose kurtosis can be chosen (${ADJUSTABLE.join(', ')}), got ${shape}`,
    );
  }
  const own = at.kurtosis * at.density;
  if (!(own > byKurtosis.above)) {
    throw new RangeError(
      `kurtosis: at density ${at.density} ${shape} has kurtosis above ${byKurtosis.above / at.density}, got ${at.kurtosis}; use larger values, or leave the density fixed`,
    );
  }
  return { shape, density: at.density, unitVariance, ...byKurtosis.parameters(own) };
}
