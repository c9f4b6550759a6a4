import {
  defaultCellTraining,
  defaultGridTraining,
  type GridSpec,
  type PhaseSpec,
} from '@polysem/engine/phase';
import type { TrainingSpec } from '@polysem/engine/training';
import {
  isCorrelated,
  isDataInputs,
  parameterValues,
  valueDistribution,
  type FeatureDistribution,
  type ValueDistribution,
} from '@polysem/core/features';
import { completeModel, type ResultFile } from '@polysem/reports/results';
import { gridSpec, modelOf, shapeOf, trainingSpec, valuesOf } from '../state/specs.ts';
import { initialState, type AxisParameter, type AxisState, type LabState } from '../state/state.ts';

/** The settings of a file in the lab. */
export interface SettingsOf {
  readonly state: LabState;
  /** Settings that the lab does not have, in words. */
  readonly unlike: readonly string[];
}

/** The settings of a phase diagram or a trained network. */
export function stateOf(result: Exclude<ResultFile, { kind: 'measure' }>): SettingsOf {
  if (result.kind === 'phase') return phaseState(result.spec);
  return result.kind === 'grid' ? gridState(result.spec) : trainedState(result.spec);
}

function phaseState(spec: PhaseSpec): SettingsOf {
  const { features, dims, seed, importance, density, trained } = spec;
  const state: LabState = {
    ...initialState,
    features,
    dims,
    task: 'computation',
    activation: 'quadratic',
    shape: named(spec.shape, 'computation'),
    x: { parameter: 'importance', ...importance },
    y: { parameter: 'density', ...density },
    seed,
  };
  return {
    state: withCell(state),
    unlike: [...parameterWords(spec), ...differences(trained ?? {}, defaultCellTraining)],
  };
}

function gridState(spec: GridSpec): SettingsOf {
  const { architecture, features, dims, importance, density, correlation = null, seed } = spec;
  const { task, activation } = architecture;
  const state: LabState = {
    ...initialState,
    features,
    dims,
    task,
    activation,
    importance,
    density,
    shape: named(spec.shape, task),
    ...correlationOf(correlation),
    x: axisOf(spec.x),
    y: axisOf(spec.y),
    seed,
  };
  const own = gridSpec(state);
  return {
    state: withCell(state),
    unlike: [
      ...modelWords(architecture, own.architecture),
      ...scaleWords(spec, own),
      ...parameterWords(spec),
      ...correlationWords(correlation),
      ...(spec.importancePower === 1 ? [] : [`importance to the power ${spec.importancePower}`]),
      ...differences(spec.training, defaultGridTraining),
    ],
  };
}

const axisOf = ({ parameter, values }: GridSpec['x']): AxisState => ({
  parameter,
  from: values[0],
  to: values.at(-1)!,
  count: values.length,
});

/** The state in the cell nearest to that of a page without a link. */
const withCell = (state: LabState): LabState => ({
  ...state,
  ...nearest(state.x),
  ...nearest(state.y),
});

function nearest(axis: AxisState): Partial<Record<AxisParameter, number>> {
  const { parameter } = axis;
  // The density that reaches a kurtosis is not a setting.
  if (parameter === 'kurtosis') return {};
  const usual = initialState[parameter] as number;
  const away = (value: number): number => Math.abs(Math.log(value / usual));
  return { [parameter]: valuesOf(axis).reduce((a, b) => (away(b) < away(a) ? b : a)) };
}

function trainedState(spec: TrainingSpec): SettingsOf {
  const { model, inputs, steps, batch, learningRate, restarts, seed, optimiser } = spec;
  const { task, activation, features, dims, importance } = model;
  const marginals = marginalsOf(inputs);
  const correlation = isDataInputs(inputs) || !isCorrelated(inputs) ? null : inputs.correlation;
  const densities = marginals.map(({ density }) => density);
  const isFixed = optimiser.name === 'lbfgs';
  const state: LabState = {
    ...initialState,
    features,
    dims,
    task,
    activation,
    importance: importance.slice(1).every((v) => v === 1) ? importance[0] : importance,
    density: densities.every((p) => p === densities[0]) ? densities[0] : densities,
    shape: named(marginals[0].shape, task),
    ...correlationOf(correlation),
    seed,
    restarts,
    steps,
    ...(!isFixed && { learningRate, ...(spec.loss === 'sampled' && { batch }) }),
  };
  const own = trainingSpec(state);
  return {
    state,
    unlike: [
      ...modelWords(model, modelOf(state)),
      ...(marginals.every((each) => valuesText(each) === valuesText(marginals[0]))
        ? [...parameterWords(marginals[0]), ...scaleWords(marginals[0], marginalsOf(own.inputs)[0])]
        : ['distributions that differ by feature']),
      ...correlationWords(correlation),
      ...(isFixed ? ['optimizer lbfgs'] : differences(spec.optimiser, own.optimiser)),
      ...(isFixed ? [] : differences(spec.schedule, own.schedule)),
      ...differences(spec.initialisation, own.initialisation, 'initial weights '),
      ...(spec.loss === own.loss ? [] : [`${spec.loss} loss`]),
      ...(spec.clip === null ? [] : [`gradients of at most ${spec.clip}`]),
      ...(spec.stopping === null ? [] : ['early stop']),
      ...((spec.instance ?? 0) === 0 ? [] : [`instance ${spec.instance}`]),
    ],
  };
}

/** A distribution without its density. */
const valuesText = (each: FeatureDistribution): string =>
  JSON.stringify({ ...each, density: undefined });

function marginalsOf(inputs: TrainingSpec['inputs']): readonly FeatureDistribution[] {
  if (isDataInputs(inputs)) return [];
  return [isCorrelated(inputs) ? inputs.marginal : inputs].flat();
}

/** A distribution as the page names it. */
function named(shape: FeatureDistribution['shape'], task: LabState['task']): LabState['shape'] {
  return shape === shapeOf({ ...initialState, task }) ? 'usual' : shape;
}

/** The lab has no correlation matrices. */
const isMatrix = (correlation: LabState['correlation']): boolean =>
  correlation !== null && 'matrix' in correlation;

const correlationOf = (correlation: LabState['correlation']): Pick<LabState, 'correlation'> => ({
  correlation: isMatrix(correlation) ? null : correlation,
});

const correlationWords = (correlation: LabState['correlation']): string[] =>
  isMatrix(correlation) ? ['a correlation matrix'] : [];

/** Words of a name such as `weightDecay`: `weight decay`. */
const wordsOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Settings of a file that differ from the lab's, such as `restarts 4`. */
function differences(file: object, own: object, before = ''): string[] {
  const usual = new Map<string, unknown>(Object.entries(own));
  return Object.entries(file).flatMap(([name, value]) =>
    value === usual.get(name)
      ? []
      : [`${before}${name === 'name' ? '' : `${wordsOf(name)} `}${String(value)}`],
  );
}

/** Differences between two models, such as `no bias`. */
function modelWords(
  file: Parameters<typeof completeModel>[0],
  own: Parameters<typeof completeModel>[0],
): string[] {
  const usual = completeModel(own);
  return Object.entries(completeModel(file)).flatMap(([name, value]) => {
    if (value === usual[name]) return [];
    if (name === 'bias') return ['no bias'];
    if (name === 'tied') return ['separate read-out'];
    if (name === 'outputWeights') return ['free output weights'];
    return [`${wordsOf(name)} ${String(value).replace('-', ' ')}`];
  });
}

const scaleWords = (
  file: { readonly unitVariance: boolean },
  own: { readonly unitVariance: boolean },
): string[] =>
  file.unitVariance === own.unitVariance
    ? []
    : [file.unitVariance ? 'inputs of variance 1' : 'inputs not scaled to variance 1'];

/** Parameters of a distribution that are not the usual ones, such as `degrees of freedom 7`. */
function parameterWords(file: ValueDistribution): string[] {
  const usual = parameterValues(valueDistribution({ shape: file.shape }));
  return differences(parameterValues(valueDistribution(file)), usual);
}
