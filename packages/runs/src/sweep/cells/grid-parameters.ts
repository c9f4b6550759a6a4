import { logSpaced } from '@polysem/numerics/elementary';
import {
  distributions,
  givenParameters,
  parameterValues,
  valueDistribution,
  type Correlation,
  type ValueDistribution,
} from '@polysem/core/features';
import { defaultGridTraining, gridParameters } from '@polysem/engine/names';
import type { GridAxis, GridSpec } from '@polysem/engine/phase';
import { z } from 'zod';
import {
  architectureOf,
  usualShape,
  usualUnitVariance,
  type ArchitectureParameters,
} from '../../parameters/index.ts';
import type { Json } from '../cell.ts';
import type { Parameters } from './computation.ts';
import { required } from './required.ts';
import {
  architecture,
  correlation,
  count,
  number,
  parametersOf,
  sizes,
  values,
  type Fields,
} from './schemas.ts';
import { architectureParameters } from './train-parameters.ts';

/** Parameters of a point of a phase diagram, and how it is trained. */
const point: Fields = {
  ...architecture,
  features: sizes.features,
  dims: sizes.dims,
  importance: number('Importance of the first feature; the others have 1 (default: 1).'),
  density: number('P(active) of every feature, in (0, 1].'),
  ...values,
  unitVariance: z
    .boolean()
    .describe('Scale inputs to variance 1 (default: false for compression, true otherwise).'),
  correlation,
  importancePower: number(
    'Exponent with which the importance of the first feature enters the model (default: 1).',
  ),
  batch: count(
    `Approximate number of weighted inputs per point (default: ${defaultGridTraining.rows}).`,
  ),
  screeningBatch: count(
    `Approximate number of inputs on which random starts are screened (default: ${defaultGridTraining.screeningRows}).`,
  ),
  restarts: count(`Random starts per point (default: ${defaultGridTraining.restarts}).`),
  steps: count(
    `Largest number of lbfgs iterations per start (default: ${defaultGridTraining.iterations}).`,
  ),
};

const spacing = z.strictObject({ from: z.number(), to: z.number(), count: z.int().min(1) });
const axis = (description: string): z.ZodType =>
  z
    .strictObject({
      parameter: z.enum(gridParameters as unknown as [string, ...string[]]),
      values: z.array(z.number()).min(1).optional(),
      log: spacing.optional(),
    })
    .describe(description);

/** Schema of a point of a phase diagram. */
export const phaseSchema: z.ZodObject = parametersOf(point);

/** Schema of a whole phase diagram. */
export const gridSchema: z.ZodObject = parametersOf({
  ...point,
  x: axis(
    'Columns: {parameter, values} or {parameter, log: {from, to, count}} (default: importance from 0.01 to 100, 64 values).',
  ),
  y: axis('Rows, likewise (default: density from 1 to 0.001, 64 values).'),
  moreRestarts: z
    .int()
    .min(0)
    .describe(
      `Further random starts where neighbouring points disagree (default: ${defaultGridTraining.moreRestarts}).`,
    ),
  passes: z
    .int()
    .min(0)
    .describe(
      `Largest number of passes in which points start from the optima of their neighbours (default: ${defaultGridTraining.passes}).`,
    ),
});

/** Fills in the defaults of a point. */
export function resolvePhase(given: Parameters): Parameters {
  return {
    ...resolveModel(given),
    importance: given.importance ?? 1,
    density: required<number>(given, 'density', '0.1'),
  };
}

/** Fills in the defaults of a whole diagram. */
export function resolveGrid(given: Parameters): Parameters {
  const x = axisOf('x', given.x ?? USUAL.x);
  const y = axisOf('y', given.y ?? USUAL.y);
  const onAxes = new Set<string>([x.parameter, y.parameter]);
  for (const name of ['importance', 'density', 'features', 'dims']) {
    if (onAxes.has(name) && given[name] !== undefined && !isPlaceholder(name, given[name]))
      throw new RangeError(`${name}: is on the axis x or y of each diagram too; leave one out`);
  }
  // The axes replace these numbers in every point.
  const usual = Object.fromEntries(
    Object.entries(PLACEHOLDERS).filter(([name]) => onAxes.has(name)),
  );
  const whole = { ...given, ...usual };
  const hasDensity = !onAxes.has('kurtosis') || onAxes.has('density');
  return {
    ...resolveModel(whole),
    importance: whole.importance ?? 1,
    density: hasDensity ? required<number>(whole, 'density', '0.1') : 1,
    moreRestarts: given.moreRestarts ?? defaultGridTraining.moreRestarts,
    passes: given.passes ?? defaultGridTraining.passes,
    x: x as unknown as Json,
    y: y as unknown as Json,
  };
}

/** Values of parameters that the axes of a diagram vary. */
const PLACEHOLDERS: Parameters = { importance: 1, density: 1, features: 1, dims: 1 };

const isPlaceholder = (name: string, value: Json): boolean => PLACEHOLDERS[name] === value;

const USUAL = {
  x: { parameter: 'importance', log: { from: 0.01, to: 100, count: 64 } },
  y: { parameter: 'density', log: { from: 1, to: 0.001, count: 64 } },
} as const;

function axisOf(name: string, given: Json): GridAxis {
  const {
    parameter,
    values: listed,
    log,
  } = given as unknown as GridAxis & {
    readonly log?: { readonly from: number; readonly to: number; readonly count: number };
  };
  if ((listed === undefined) === (log === undefined))
    throw new RangeError(`${name}: expected either values or log, got both or none`);
  if (log === undefined) return { parameter, values: listed };
  if (!(log.from > 0 && log.to > 0))
    throw new RangeError(`${name}: both ends of a logarithmic axis must be above 0`);
  return { parameter, values: Array.from(logSpaced(log.from, log.to, log.count)) };
}

function resolveModel(given: Parameters): Parameters {
  const model = architectureOf(given as ArchitectureParameters);
  const shape = (given.shape ?? usualShape(model.task)) as ValueDistribution['shape'];
  const own = givenParameters(given as unknown as ValueDistribution);
  return {
    ...architectureParameters(model),
    features: required<number>(given, 'features', '6'),
    dims: required<number>(given, 'dims', '3'),
    shape,
    ...(distributions[shape] !== undefined && parameterValues({ shape, ...own })),
    ...own,
    unitVariance: given.unitVariance ?? usualUnitVariance(model.task),
    correlation: given.correlation ?? null,
    importancePower: given.importancePower ?? 1,
    batch: given.batch ?? defaultGridTraining.rows,
    screeningBatch: given.screeningBatch ?? defaultGridTraining.screeningRows,
    restarts: given.restarts ?? defaultGridTraining.restarts,
    steps: given.steps ?? defaultGridTraining.iterations,
  };
}

/**
 * The grid of a cell: a whole diagram, or one point, which has no neighbours.
 *
 * @param parameters parameters with defaults filled in.
 * @param seed the seed.
 * @returns the grid.
 */
export function gridSpecOf(parameters: Parameters, seed: number): GridSpec {
  const { importance, density, correlation: dependence } = parameters;
  const x = parameters.x ?? { parameter: 'importance', values: [importance] };
  const y = parameters.y ?? { parameter: 'density', values: [density] };
  return {
    architecture: architectureOf(parameters as ArchitectureParameters),
    ...valueDistribution(parameters as unknown as ValueDistribution),
    unitVariance: parameters.unitVariance as boolean,
    ...(dependence !== null && { correlation: dependence as unknown as Correlation }),
    features: parameters.features as number,
    dims: parameters.dims as number,
    importance: importance as number,
    density: density as number,
    importancePower: parameters.importancePower as number,
    x: x as unknown as GridAxis,
    y: y as unknown as GridAxis,
    training: {
      rows: parameters.batch as number,
      screeningRows: parameters.screeningBatch as number,
      restarts: parameters.restarts as number,
      moreRestarts: (parameters.moreRestarts ?? 0) as number,
      passes: (parameters.passes ?? 0) as number,
      iterations: parameters.steps as number,
    },
    seed,
  };
}
