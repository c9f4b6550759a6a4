import {
  axisValues,
  gridParameters,
  planGrid,
  planPhase,
  type GridAxis,
  type GridSpec,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { checked, fieldsOf, type Fields, type Place } from './fields.ts';
import { architectureIn, correlationIn, valuesIn } from './inputs-fields.ts';
import { within, type Reach } from './reach.ts';

/** A phase diagram of the quadratic model, from `polysem phase --json`. Grids are row-major. */
export interface PhaseResult {
  readonly kind: 'phase';
  readonly version: string;
  readonly seed: number;
  readonly spec: PhaseSpec;
  /** Predicted capacity of feature 0. */
  readonly predicted: Float64Array;
  /** Trained capacity; null if the file has the prediction only. */
  readonly capacity: Float64Array | null;
}

/** A trained phase diagram of any model, from `polysem phase --model --json`. Grids are row-major. */
export interface GridResult {
  readonly kind: 'grid';
  readonly version: string;
  readonly seed: number;
  readonly kernel: string;
  readonly spec: GridSpec;
  /** Capacity of feature 0; NaN where every start diverged. */
  readonly capacity: Float64Array;
  /** Largest difference in capacity between equally good starts. */
  readonly degeneracy: Float64Array;
  /** Number of distinct optima among the starts. */
  readonly optima: Float64Array;
}

const FIX = 'write it again with polysem phase --json';
/** Advice for a diagram that is too large for the page. */
const DRAW = 'draw it with polysem phase --out phase.svg';

const CAPACITY = { least: 0, most: 1 + 1e-9 } as const;

/** Reads the JSON of `polysem phase`. @throws FormatError if a field is malformed or out of reach. */
export function phaseResult(value: unknown, file: string, reach: Reach): PhaseResult | GridResult {
  const result = fieldsOf(value, { file, path: '', fix: FIX });
  const spec = result.object('spec');
  const place: Place = { file, path: 'spec', fix: FIX };
  return spec.has('architecture')
    ? gridResult(result, spec, place, reach)
    : quadraticResult(result, spec, place, reach);
}

function quadraticResult(result: Fields, spec: Fields, place: Place, reach: Reach): PhaseResult {
  const axis = (name: 'importance' | 'density'): PhaseSpec['importance'] => {
    const fields = spec.object(name);
    const found = {
      from: fields.number('from'),
      to: fields.number('to'),
      count: fields.number('count', { least: 1, isWhole: true }),
    };
    const at = { ...place, path: `spec.${name}`, fix: DRAW };
    within({ ...at, path: `${at.path}.count` }, found.count, [2, reach.count]);
    for (const end of ['from', 'to'] as const)
      within({ ...at, path: `${at.path}.${end}` }, found[end], reach[name]);
    return found;
  };
  const read: PhaseSpec = {
    ...sizesIn(spec, place, reach),
    ...valuesIn(spec),
    importance: axis('importance'),
    density: axis('density'),
    trained: spec.raw('trained') === null ? null : cellTraining(spec.object('trained')),
    seed: spec.number('seed', { least: 0, isWhole: true }),
  };
  checked(place, () => planPhase(read));
  const length = read.importance.count * read.density.count;
  return {
    kind: 'phase',
    version: result.text('version'),
    seed: read.seed,
    spec: read,
    predicted: result.numbers('capacity', { ...CAPACITY, length }),
    capacity:
      read.trained === null
        ? null
        : result.object('trained').numbers('capacity', { ...CAPACITY, length, isNullable: true }),
  };
}

function cellTraining(trained: Fields): NonNullable<PhaseSpec['trained']> {
  return {
    loss: trained.choice('loss', ['exact', 'sampled'] as const),
    restarts: trained.number('restarts', { least: 1, isWhole: true }),
    stopAtGap: trained.number('stopAtGap', { least: 0 }),
    activeEntries: trained.number('activeEntries', { least: 1 }),
  };
}

function sizesIn(
  spec: Fields,
  place: Place,
  reach: Reach,
): { readonly features: number; readonly dims: number } {
  const size = (name: 'features' | 'dims'): number => {
    const found = spec.number(name, { least: 1, isWhole: true });
    within({ ...place, path: `spec.${name}`, fix: DRAW }, found, [1, reach[name]]);
    return found;
  };
  return { features: size('features'), dims: size('dims') };
}

function gridResult(result: Fields, spec: Fields, place: Place, reach: Reach): GridResult {
  const read: GridSpec = {
    architecture: architectureIn(spec.object('architecture')),
    ...valuesIn(spec),
    unitVariance: spec.boolean('unitVariance'),
    ...(spec.has('correlation') && { correlation: correlationIn(spec.object('correlation')) }),
    ...sizesIn(spec, place, reach),
    importance: spec.number('importance'),
    density: spec.number('density'),
    importancePower: spec.number('importancePower'),
    x: axisIn(spec, 'x', place, reach),
    y: axisIn(spec, 'y', place, reach),
    training: trainingIn(spec.object('training')),
    seed: spec.number('seed', { least: 0, isWhole: true }),
  };
  for (const name of ['importance', 'density'] as const)
    if (read.x.parameter !== name && read.y.parameter !== name)
      within({ ...place, path: `spec.${name}`, fix: DRAW }, read[name], reach[name]);
  checked(place, () => planGrid(read));
  const length = read.x.values.length * read.y.values.length;
  return {
    kind: 'grid',
    version: result.text('version'),
    seed: read.seed,
    kernel: result.text('kernel'),
    spec: read,
    capacity: result.numbers('capacity', { ...CAPACITY, length, isNullable: true }),
    degeneracy: result.numbers('degeneracy', { ...CAPACITY, length, isNullable: true }),
    optima: result.numbers('optima', { least: 0, length, isNullable: true }),
  };
}

function axisIn(spec: Fields, name: 'x' | 'y', place: Place, reach: Reach): GridAxis {
  const axis = spec.object(name);
  const parameter = axis.choice('parameter', gridParameters);
  const values = Array.from(axis.numbers('values', {}));
  const at = { ...place, path: `spec.${name}.values`, fix: DRAW };
  within({ ...at, path: `${at.path}.length` }, values.length, [2, reach.count]);
  const range = reach[parameter];
  values.forEach((value, k) =>
    within(
      { ...at, path: `${at.path}[${k}]` },
      value,
      typeof range === 'number' ? [1, range] : range,
    ),
  );
  const isEven = parameter === 'dims' || parameter === 'features' ? equalSteps : equalRatios;
  if (!isEven(values))
    return axis.refuse('values', 'in equal ratios, or in equal steps for dims and features');
  return { parameter, values };
}

/** Relative difference of rounding. */
const ROUNDING = 1e-9;

function equalSteps(values: readonly number[]): boolean {
  const step = (values.at(-1)! - values[0]) / (values.length - 1);
  return values.every((value, k) => Math.abs(value - values[0] - k * step) < ROUNDING);
}

function equalRatios(values: readonly number[]): boolean {
  const [from, to] = [values[0], values.at(-1)!];
  const expected = axisValues({ from, to, count: values.length });
  return values.every((value, k) => Math.abs(value / expected[k] - 1) < ROUNDING);
}

function trainingIn(training: Fields): GridSpec['training'] {
  const whole = (name: string, least: number): number =>
    training.number(name, { least, isWhole: true });
  return {
    rows: whole('rows', 1),
    screeningRows: whole('screeningRows', 1),
    restarts: whole('restarts', 1),
    moreRestarts: whole('moreRestarts', 0),
    passes: whole('passes', 0),
    iterations: whole('iterations', 1),
  };
}
