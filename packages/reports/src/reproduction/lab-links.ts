import { densityForKurtosis, type FeatureDistribution } from '@polysem/core/features';
import type { GridAxis, GridSpec, LogAxis, PhaseSpec } from '@polysem/engine/phase';
import type { ToyModel } from '@polysem/engine/models';
import type { TrainingSpec } from '@polysem/engine/training';
import type { LabLink } from '../page/page.ts';

/** Largest diagram of the lab, in cells along an axis. */
const MAX_CELLS = 128;

/** The version of the lab's links, and the names of settings in them (docs/lab.md). */
const LINK_VERSION = 1;
interface LinkSettings {
  readonly n: number;
  readonly d: number;
  readonly m: ToyModel['task'];
  readonly a: ToyModel['activation'];
  readonly V?: number | string;
  readonly p?: number;
  readonly x?: string;
  readonly y?: string;
  readonly shape?: FeatureDistribution['shape'];
  readonly view?: 'phases';
  readonly seed: number;
  readonly r?: number;
  readonly steps?: number;
  readonly b?: number;
  readonly lr?: number;
}

function link(label: string, settings: LinkSettings): LabLink {
  const parts = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return { label, link: [`v=${LINK_VERSION}`, ...parts].join('&') };
}

const spanText = ({ from, to, count }: LogAxis): string => `${from}:${to}:${count}`;
const axisText = ({ parameter, values }: GridAxis): string =>
  `${parameter}=${values[0]}:${values.at(-1)}:${values.length}`;

/** The network that a link to a diagram chooses: importance of feature 0 and density. */
export interface LabCell {
  readonly importance: number;
  readonly density: number;
}

/** Links to the phase diagram of the quadratic model, and to the network of one cell. */
export function phaseLink(label: string, spec: PhaseSpec, cell: LabCell): LabLink {
  const { features, dims, shape, importance, density, seed } = spec;
  return link(label, {
    n: features,
    d: dims,
    m: 'computation',
    a: 'quadratic',
    V: cell.importance,
    p: cell.density,
    x: `importance=${spanText(importance)}`,
    y: `density=${spanText(density)}`,
    shape,
    seed,
  });
}

/** Links to the quadratic model of Figure 2 with a whole number of dimensions. Common factors of importances change no capacity. */
export function pricesLink(
  label: string,
  dims: number,
  importance: readonly number[],
  kurtosis: number,
): LabLink {
  return link(label, {
    n: importance.length,
    d: dims,
    m: 'computation',
    a: 'quadratic',
    V: importance.map((v) => v / 1000).join(','),
    p: densityForKurtosis({ shape: 'uniform' }, kurtosis),
    shape: 'uniform',
    seed: 0,
  });
}

/** Links to a grid over two parameters; no link if it is larger than a diagram of the lab. */
export function gridLinks(label: string, spec: GridSpec, view?: 'phases'): LabLink[] {
  const { architecture, features, dims, shape, x, y, seed } = spec;
  if (Math.max(x.values.length, y.values.length) > MAX_CELLS) return [];
  return [
    link(label, {
      n: features,
      d: dims,
      m: architecture.task,
      a: architecture.activation,
      x: axisText(x),
      y: axisText(y),
      shape,
      seed,
      ...(view !== undefined && { view }),
    }),
  ];
}

/** Activations for which the unit of the inputs does not matter. */
const HOMOGENEOUS = new Set<string>(['relu', 'linear', 'abs']);

/**
 * Links to a model with the same inputs for all features; no link if the lab has no such inputs: it scales those of
 * computation to variance 1, and does not scale those of compression.
 */
export function networkLinks(
  label: string,
  { model, inputs, seed }: Pick<TrainingSpec, 'model' | 'inputs' | 'seed'>,
  training?: Pick<TrainingSpec, 'steps' | 'batch' | 'learningRate' | 'restarts'>,
): LabLink[] {
  const { features, dims, task, activation, importance } = model;
  if (!('shape' in inputs)) return [];
  const isScaled = inputs.unitVariance ?? false;
  if (isScaled === (task === 'compression') && !HOMOGENEOUS.has(activation)) return [];
  const [first, ...others] = importance;
  return [
    link(label, {
      n: features,
      d: dims,
      m: task,
      a: activation,
      V: others.every((v) => v === 1) ? first : importance.join(','),
      p: inputs.density,
      shape: inputs.shape,
      seed,
      ...(training !== undefined && {
        r: training.restarts,
        steps: training.steps,
        b: training.batch,
        lr: training.learningRate,
      }),
    }),
  ];
}
