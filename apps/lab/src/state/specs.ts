import {
  moments,
  type DistributionName,
  type FeatureDistribution,
  type FeatureInputs,
} from '@polysem/core/features';
import { allocateQuadratic, type Allocation } from '@polysem/core/theory';
import { isQuadraticModel, type ToyModel } from '@polysem/engine/models';
import {
  axisValues,
  defaultCellTraining,
  defaultGridTraining,
  type Architecture,
  type GridSpec,
  type HoldSpec,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { trainingDefaults, type TrainingSpec } from '@polysem/engine/training';
import { densitiesOf, importancesOf, type AxisState, type LabState } from './state.ts';

/** Weights are recorded at this many steps, in nearly equal ratios, because training happens in its first tenth. */
const RECORDS = 120;
/** Recorded numbers of all restarts together, at most. */
const MOST_RECORDED = 4e6;

/** The model of a state. */
export function modelOf(state: LabState): ToyModel {
  return {
    ...architectureOf(state),
    features: state.features,
    dims: state.dims,
    importance: importancesOf(state),
  };
}

function architectureOf({ task, activation }: LabState): Architecture {
  return task === 'vector-computation' ? { task, activation, target: 'abs' } : { task, activation };
}

/** The distribution of active values. */
export function shapeOf({ shape, task }: LabState): DistributionName {
  if (shape !== 'usual') return shape;
  return task === 'compression' ? 'uniform-positive' : 'uniform';
}

/** Distributions with mean 0, which the theory covers. */
const CENTRED = new Set<DistributionName>([
  'uniform',
  'gaussian',
  'laplace',
  'rademacher',
  'student-t',
]);

/** The distribution that the quadratic theory is computed for: that of the inputs, or uniform where theirs has a mean. */
function theoryShape(state: LabState): DistributionName {
  const shape = shapeOf(state);
  return CENTRED.has(shape) ? shape : 'uniform';
}

/** The inputs, with the defaults of `polysem train`: compression takes values in [0, 1], computation variance 1. */
function inputsOf(state: LabState, density: number): FeatureDistribution {
  const isCompression = state.task === 'compression';
  return {
    shape: shapeOf(state),
    density,
    unitVariance: !isCompression,
  };
}

/** The inputs of all features. */
export function allInputs(state: LabState): FeatureInputs {
  const { density, correlation } = state;
  const marginal =
    typeof density === 'number' ? inputsOf(state, density) : density.map((p) => inputsOf(state, p));
  return correlation === null ? marginal : { kind: 'correlated', marginal, correlation };
}

/** The training that the page shows: what `polysem train` does for the command under "Copy as". */
export function trainingSpec(state: LabState): TrainingSpec {
  const model = modelOf(state);
  const { seed, restarts, steps, batch, learningRate } = state;
  const exact = isExact(state);
  return {
    model,
    inputs: allInputs(state),
    // Adam descends the exact loss too, so that training can be watched step by step.
    ...trainingDefaults(model, exact ? 'exact' : 'sampled', 'adam'),
    learningRate,
    steps,
    ...(!exact && { batch }),
    restarts,
    history: recorded(state),
    seed,
  };
}

/** A text that is the same for states that train the same networks. */
export const trainingKey = (state: LabState): string => JSON.stringify(trainingSpec(state));

/** The training of a state's model under its held capacity: plain data for workers. */
export function holdSpec(state: LabState): HoldSpec {
  return {
    model: modelOf(state),
    inputs: allInputs(state),
    feature: state.hold?.feature ?? 0,
    training: defaultGridTraining,
    seed: state.seed,
  };
}

/** The steps at which weights are kept for scrubbing. */
function recorded({ steps, features, dims, restarts }: LabState): number[] {
  const most = Math.max(2, Math.floor(MOST_RECORDED / (restarts * features * (dims + 1))));
  const count = Math.min(RECORDS, most, steps);
  const ratios = axisValues({ from: 1, to: steps, count });
  return [0, ...new Set(Array.from(ratios, Math.round))];
}

/** True if the expected loss has a closed form, on which training then descends. */
export function isExact(state: LabState): boolean {
  return isQuadraticModel(modelOf(state));
}

/** True if the closed form predicts this model exactly. */
export function isCertified(state: LabState): boolean {
  return (
    isQuadraticModel(modelOf(state)) && state.correlation === null && CENTRED.has(shapeOf(state))
  );
}

/** Optimum of the quadratic model at the importances and densities of a state: exact for it, a reference for others. */
export function quadraticTheory(state: LabState): Allocation {
  return allocateQuadratic({
    importance: importancesOf(state),
    kurtosis: kurtosisOf(state),
    dims: state.dims,
  });
}

/** The kurtosis of each feature in the quadratic theory. */
export function kurtosisOf(state: LabState): number[] {
  return densitiesOf(state).map((density) =>
    Math.max(1, moments({ shape: theoryShape(state), density, unitVariance: true }).kurtosis),
  );
}

/** True if the quadratic theory has a diagram over the axes of a state. */
export function hasTheoryDiagram({ x, y }: LabState): boolean {
  return x.parameter === 'importance' && y.parameter === 'density';
}

/** True if the diagram is that of a panel of Figure 7, whose published crossings are known. */
export function isFigure7(state: LabState): boolean {
  const { task, activation, features, dims, correlation, shape } = state;
  return (
    hasTheoryDiagram(state) &&
    features === 6 &&
    (dims === 3 || (dims === 5 && task === 'compression')) &&
    task !== 'vector-computation' &&
    ['quadratic', 'relu', 'gelu'].includes(activation) &&
    correlation === null &&
    shape === 'usual'
  );
}

/** The diagram of the quadratic theory, predicted, or also trained. */
export function phaseSpec(state: LabState, isTrained: boolean): PhaseSpec {
  return {
    features: state.features,
    dims: state.dims,
    shape: theoryShape(state),
    importance: state.x,
    density: state.y,
    trained: isTrained ? defaultCellTraining : null,
    seed: state.seed,
  };
}

/** Value that `polysem phase` writes for parameters that an axis varies. */
const VARIED = { importance: 1, density: 0.1, features: 6, dims: 3 } as const;

/** The trained diagram of any model: what `polysem phase --model` computes. */
export function gridSpec(state: LabState): GridSpec {
  const { x, y, importance, density, correlation } = state;
  /** The value of a parameter; one that an axis varies is that of the command line, so that all cells share one diagram. */
  const fixed = (parameter: keyof typeof VARIED, value: number | readonly number[]): number => {
    if (x.parameter === parameter || y.parameter === parameter) return VARIED[parameter];
    return typeof value === 'number' ? value : value[0];
  };
  return {
    architecture: architectureOf(state),
    ...inputsOf(state, fixed('density', density)),
    ...(correlation !== null && { correlation }),
    features: fixed('features', state.features),
    dims: fixed('dims', state.dims),
    importance: fixed('importance', importance),
    importancePower: 1,
    x: { parameter: state.x.parameter, values: valuesOf(state.x) },
    y: { parameter: state.y.parameter, values: valuesOf(state.y) },
    training: defaultGridTraining,
    seed: state.seed,
  } as GridSpec;
}

/** The values along an axis: whole numbers for sizes, equal ratios for everything else. */
export function valuesOf(axis: AxisState): number[] {
  const { parameter, from, to, count } = axis;
  if (parameter !== 'dims' && parameter !== 'features') return Array.from(axisValues(axis));
  const span = Array.from({ length: count }, (_, i) =>
    Math.round(from + ((to - from) * i) / Math.max(1, count - 1)),
  );
  return [...new Set(span)];
}
