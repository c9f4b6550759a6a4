import { activationNames, type Activation } from '@polysem/engine/activations';
import { tasks, type ToyModel } from '@polysem/engine/models';
import { distributionNames, type Correlation, type DistributionName } from '@polysem/core/features';
import { axisValues, type gridParameters } from '@polysem/engine/phase';
import type { Choice } from '../model/choices.ts';

// The command line checks files against them.
export { LIMITS } from '../../limits.js';

/** A parameter that an axis of the phase diagram can vary. */
export type AxisParameter = (typeof gridParameters)[number];

/** One axis of the phase diagram. */
export interface AxisState {
  readonly parameter: AxisParameter;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Contents of the left column. */
export type View = 'both' | 'difference' | 'phases';

/** A panel that can stand alone in another page. */
export type Panel = 'lab' | 'diagram' | 'budget' | 'network' | 'shares';

/** A page of the lab: networks that it trains, or weights of a real model. */
export type Page = 'lab' | 'model';

/** A feature whose capacity is held while everything else is trained. */
export interface HoldState {
  readonly feature: number;
  readonly capacity: number;
}

/** Everything that a link restores; plain data. */
export interface LabState {
  /** N and D. */
  readonly features: number;
  readonly dims: number;
  readonly task: ToyModel['task'];
  readonly activation: Activation;
  /** One number: the importance of feature 0, the others have 1. A list: one per feature. */
  readonly importance: number | readonly number[];
  /** P(active): one number for all features, or one per feature. */
  readonly density: number | readonly number[];
  /** Distribution of active values; `usual` is that of the task. */
  readonly shape: DistributionName | 'usual';
  /** Which features are active together; null if they are independent. */
  readonly correlation: Correlation | null;
  readonly x: AxisState;
  readonly y: AxisState;
  readonly seed: number;
  readonly restarts: number;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  /** The start whose network is shown, from 1; null for the best. */
  readonly start: number | null;
  /** The step shown; null for the last. */
  readonly step: number | null;
  /** Null if nothing is held. */
  readonly hold: HoldState | null;
  /** The network to compare with; null if none is pinned. */
  readonly pin: NetworkState | null;
  readonly view: View;
  /** True to draw the published crossings over the diagram, where it is a panel of Figure 7. */
  readonly published: boolean;
  /** The step of the guided path, from 1; null outside it. */
  readonly guide: number | null;
  readonly embed: boolean;
  readonly panel: Panel;
  readonly page: Page;
  /** Weights of the second page: `example:NAME`, `weights/FILE` of the server, or an address; null for none. */
  readonly weights: string | null;
  /** The matrix of these weights that is measured, by its name in the list; null for the first. */
  readonly matrix: string | null;
  /** Choices of its measurement. */
  readonly how: readonly Choice[];
  /** A file of results of the server, `weights/NAME`, that is shown where the settings are its own; null for none. */
  readonly file: string | null;
}

/** The settings that decide which network is trained, and which state of it is shown. */
export const networkKeys = [
  'features',
  'dims',
  'task',
  'activation',
  'importance',
  'density',
  'shape',
  'correlation',
  'seed',
  'restarts',
  'steps',
  'batch',
  'learningRate',
  'start',
  'step',
  'hold',
] as const satisfies readonly (keyof LabState)[];

/** One network, as it is shown. */
export type NetworkState = Pick<LabState, (typeof networkKeys)[number]>;

/** The part of a state that decides its network. */
export function networkOf(state: NetworkState): NetworkState {
  return Object.fromEntries(networkKeys.map((key) => [key, state[key]])) as unknown as NetworkState;
}

/** The place of a start in lists; null for the best. */
export function placeOf(start: number | null): number | null {
  return start === null ? null : start - 1;
}

const importanceAxis: AxisState = { parameter: 'importance', from: 0.0625, to: 64, count: 31 };
const densityAxis: AxisState = { parameter: 'density', from: 1, to: 0.01, count: 33 };

/** The state of a page without a link: a cell in which one feature has a share larger than the others'. */
export const initialState: LabState = {
  features: 6,
  dims: 3,
  task: 'compression',
  activation: 'relu',
  importance: axisValues(importanceAxis)[19],
  density: axisValues(densityAxis)[10],
  shape: 'usual',
  correlation: null,
  x: importanceAxis,
  y: densityAxis,
  seed: 0,
  restarts: 8,
  steps: 2000,
  batch: 1024,
  learningRate: 0.01,
  start: null,
  step: null,
  hold: null,
  pin: null,
  view: 'both',
  published: false,
  guide: null,
  embed: false,
  panel: 'lab',
  page: 'lab',
  weights: null,
  matrix: null,
  how: [],
  file: null,
};

/** The tasks and activations that a visitor can choose. */
export const choices = { tasks, activations: activationNames, shapes: distributionNames } as const;

/** The value of a parameter that an axis can vary; null if features differ in it, or if it is not a setting. */
export function axisValue(state: LabState, parameter: AxisParameter): number | null {
  if (parameter === 'kurtosis') return null;
  const value = state[parameter];
  return typeof value === 'number' ? value : null;
}

/** The importance of each feature. */
export function importancesOf({ importance, features }: LabState): readonly number[] {
  if (typeof importance !== 'number') return importance;
  return Array.from({ length: features }, (_, i) => (i === 0 ? importance : 1));
}

/** The density of each feature. */
export function densitiesOf({ density, features }: LabState): readonly number[] {
  return typeof density === 'number' ? Array.from({ length: features }, () => density) : density;
}

/**
 * A state whose sizes and lists fit together: D is at most N, a list of another length becomes one number, only a feature
 * among others is held, and the start that is shown is one of those that are trained.
 */
export function consistent(state: LabState): LabState {
  const { features, importance, density, correlation, restarts, start, hold } = state;
  const first = <T extends number | readonly number[]>(value: T): number | T =>
    typeof value !== 'number' && value.length !== features ? value[0] : value;
  return {
    ...state,
    dims: Math.min(state.dims, features),
    importance: first(importance),
    density: first(density),
    correlation:
      correlation !== null && 'loadings' in correlation
        ? { ...correlation, loadings: first(correlation.loadings) }
        : correlation,
    start: start !== null && start <= restarts ? start : null,
    hold: features > 1 && hold !== null && hold.feature < features ? hold : null,
  };
}
