import { checkTrainingSpec, type TrainingSpec } from '@polysem/engine/training';
import { isCorrelated, isDataInputs } from '@polysem/core/features';
import { checked, fieldsOf, type Fields, type Place } from './fields.ts';
import { architectureIn, inputsIn } from './inputs-fields.ts';
import { within, type Reach } from './reach.ts';

/** A trained network, or its state at a recorded step. */
export interface TrainedPoint {
  readonly step: number;
  readonly loss: number;
  /** W, feature by feature. */
  readonly weights: Float64Array;
  /** U, feature by feature; null if it is tied to W or there is none. */
  readonly readOut: Float64Array | null;
  readonly bias: Float64Array;
}

/** A trained model, from `polysem train --history --json` or `polysem train --out`. */
export interface TrainedResult {
  readonly kind: 'train';
  readonly version: string;
  readonly seed: number;
  /** The kernel that trained it; null if the result depends on none. */
  readonly kernel: string | null;
  readonly spec: TrainingSpec;
  readonly loss: number;
  /** Null for an exact loss. */
  readonly lossError: number | null;
  /** The certified optimum and the relative gap to it; null where there is none. */
  readonly optimum: number | null;
  readonly gap: number | null;
  /** The best restart; null if the file does not say which. */
  readonly best: number | null;
  /** The best network. */
  readonly network: TrainedPoint;
  /** Recorded steps of the best restart, ascending. */
  readonly history: readonly TrainedPoint[];
}

const FIX = 'write it again with polysem train --json --history 100';
const TRAIN = 'the lab cannot show this model';

/** Reads the JSON of `polysem train`. @throws FormatError if a field is malformed or out of reach. */
export function trainedResult(value: unknown, file: string, reach: Reach): TrainedResult {
  const place: Place = { file, path: '', fix: FIX };
  const result = fieldsOf(value, place);
  const spec = trainingSpecIn(result.object('spec'), { ...place, path: 'spec' }, reach);
  const best =
    result.raw('best') === null ? null : result.number('best', { least: 0, isWhole: true });
  if (best === null) return result.refuse('best', 'a restart: every one diverged');
  const points = result.objects('history');
  if (points.length === 0)
    return result.refuse('history', 'a list of recorded steps, which hold the weights');
  const history = points.map((point) => pointIn(point, spec));
  const last = history.at(-1)!;
  const loss = result.number('loss');
  return {
    kind: 'train',
    version: result.text('version'),
    seed: spec.seed,
    kernel: result.raw('kernel') === null ? null : result.text('kernel'),
    spec,
    ...scalarsIn(result),
    best,
    network: { ...last, loss },
    history,
  };
}

/** Reads loss, its error, the optimum and the gap. */
export function scalarsIn(
  result: Fields,
): Pick<TrainedResult, 'loss' | 'lossError' | 'optimum' | 'gap'> {
  const orNull = (name: string): number | null =>
    result.raw(name) === null ? null : result.number(name);
  return {
    loss: result.number('loss'),
    lossError: orNull('lossError'),
    optimum: orNull('optimum'),
    gap: orNull('gap'),
  };
}

function pointIn(point: Fields, { model }: TrainingSpec): TrainedPoint {
  const { features, dims } = model;
  const matrix = (name: string): Float64Array => {
    const rows = point.raw(name);
    if (!Array.isArray(rows) || rows.length !== dims)
      return point.refuse(name, `a list of ${dims} rows`);
    const found = new Float64Array(features * dims);
    // W is written as D rows; the page has it feature by feature.
    rows.forEach((row, d) => {
      const isRow =
        Array.isArray(row) && row.length === features && row.every((one) => Number.isFinite(one));
      if (!isRow) point.refuse(name, `rows of ${features} numbers`);
      (row as number[]).forEach((one, i) => (found[i * dims + d] = one));
    });
    return found;
  };
  return {
    step: point.number('step', { least: 0, isWhole: true }),
    loss: point.number('loss'),
    weights: matrix('weights'),
    readOut: point.raw('readOut') === null ? null : matrix('readOut'),
    bias: point.numbers('bias', {}),
  };
}

/** Reads the settings of a training. @throws FormatError if they are malformed, or if the lab cannot show them. */
export function trainingSpecIn(spec: Fields, place: Place, reach: Reach): TrainingSpec {
  const model = modelIn(spec, place, reach);
  /** Settings that checkTrainingSpec checks. */
  const plain = <K extends keyof TrainingSpec>(name: K): TrainingSpec[K] => {
    spec.object(name);
    return spec.raw(name) as TrainingSpec[K];
  };
  const whole = (name: 'steps' | 'batch' | 'restarts'): number =>
    spec.number(name, { least: 1, isWhole: true });
  const read: TrainingSpec = {
    model,
    inputs: inputsIn(spec),
    loss: spec.choice('loss', ['exact', 'sampled'] as const),
    ...(spec.has('sampling') && {
      sampling: spec.choice('sampling', ['plain', 'strata'] as const),
    }),
    optimiser: plain('optimiser'),
    steps: whole('steps'),
    batch: whole('batch'),
    learningRate: spec.number('learningRate'),
    schedule: plain('schedule'),
    clip: spec.raw('clip') === null ? null : spec.number('clip'),
    stopping: spec.raw('stopping') === null ? null : plain('stopping'),
    initialisation: plain('initialisation'),
    history:
      typeof spec.raw('history') === 'number'
        ? spec.number('history', { least: 0, isWhole: true })
        : Array.from(spec.numbers('history', { least: 0, isWhole: true })),
    restarts: whole('restarts'),
    seed: spec.number('seed', { least: 0, isWhole: true }),
    ...(spec.has('instance') && {
      instance: spec.number('instance', { least: 0, isWhole: true }),
    }),
    ...(spec.has('stopAtGap') && { stopAtGap: spec.number('stopAtGap') }),
  };
  checked(place, () => checkTrainingSpec(read));
  const at = (name: string): Place => ({ ...place, path: `spec.${name}`, fix: TRAIN });
  for (const name of ['steps', 'restarts'] as const) within(at(name), read[name], [1, reach[name]]);
  densitiesOf(read).forEach((density) => within(at('inputs.density'), density, reach.density));
  // L-BFGS has neither batches nor a learning rate.
  if (read.optimiser.name !== 'lbfgs') {
    if (read.loss === 'sampled') within(at('batch'), read.batch, [1, reach.batch]);
    within(at('learningRate'), read.learningRate, reach.learningRate);
  }
  return read;
}

function densitiesOf({ inputs }: TrainingSpec): number[] {
  if (isDataInputs(inputs)) return [];
  const marginal = isCorrelated(inputs) ? inputs.marginal : inputs;
  return [marginal].flat().map(({ density }) => density);
}

function modelIn(spec: Fields, place: Place, reach: Reach): TrainingSpec['model'] {
  const model = spec.object('model');
  const size = (name: 'features' | 'dims'): number => {
    const found = model.number(name, { least: 1, isWhole: true });
    within({ ...place, path: `spec.model.${name}`, fix: TRAIN }, found, [1, reach[name]]);
    return found;
  };
  const [features, dims] = [size('features'), size('dims')];
  const importance = Array.from(model.numbers('importance', { length: features }));
  importance.forEach((value, i) =>
    within({ ...place, path: `spec.model.importance[${i}]`, fix: TRAIN }, value, reach.importance),
  );
  return { ...architectureIn(model), features, dims, importance };
}
