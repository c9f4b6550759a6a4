import { logSpaced } from '@polysem/numerics/elementary';
import {
  defaultGridTraining,
  type Figure7Panel,
  type GridSpec,
  measuredDensities,
} from '@polysem/engine/phase';

/**
 * Choices that the paper does not state for its Figure 7: the distribution of values, whether inputs are scaled to
 * variance 1, bias, output weights, and whether the squared error of a compression model is weighted by the importance V
 * or by V^2 (equivalent, up to the scale of a read-out, to V as the coefficient of the target).
 */
export interface Convention {
  readonly shape: 'uniform' | 'uniform-positive';
  readonly scale: 'variance 1' | 'raw';
  readonly bias: boolean;
  readonly outputWeights: 'fixed' | 'free';
  readonly importancePower: 1 | 2;
}

/** The conventions of our figure: those of the paper that introduced each model, where they are known. */
export const baseConvention: Readonly<Record<Figure7Panel['task'], Convention>> = {
  computation: {
    shape: 'uniform',
    scale: 'variance 1',
    bias: true,
    outputWeights: 'fixed',
    importancePower: 1,
  },
  compression: {
    shape: 'uniform-positive',
    scale: 'raw',
    bias: true,
    outputWeights: 'fixed',
    importancePower: 1,
  },
};

/** All plausible conventions for a panel, the base one first. The scale of inputs matters only for GeLU. */
export function plausibleConventions({ task, activation }: Figure7Panel): Convention[] {
  const base = baseConvention[task];
  const all: Convention[] = [];
  for (const shape of ['uniform', 'uniform-positive'] as const)
    for (const scale of activation === 'gelu' ? (['variance 1', 'raw'] as const) : [base.scale])
      for (const bias of [true, false])
        for (const outputWeights of task === 'computation'
          ? (['fixed', 'free'] as const)
          : [base.outputWeights])
          for (const importancePower of task === 'compression'
            ? ([1, 2] as const)
            : [base.importancePower])
            all.push({ shape, scale, bias, outputWeights, importancePower });
  const isBase = (one: Convention): boolean => nameOf(one) === nameOf(base);
  return [...all.filter(isBase), ...all.filter((one) => !isBase(one))];
}

function nameOf(convention: Convention): string {
  return Object.values(convention).join();
}

/**
 * A convention in words.
 *
 * @param panel the panel that it applies to.
 * @param convention the convention.
 * @returns for example `signed, variance 1, bias, output weights fixed`.
 *
 * @example
 * ```js
 * import { describeConvention } from 'polysem/reproduce';
 * const panel = { task: 'compression', activation: 'relu', features: 6, dims: 3 };
 * const convention = { shape: 'uniform', scale: 'raw', bias: true, outputWeights: 'fixed', importancePower: 1 };
 * describeConvention(panel, convention); // 'signed, raw, bias, weight V'
 * ```
 */
export function describeConvention({ task }: Figure7Panel, convention: Convention): string {
  const { shape, scale, bias, outputWeights, importancePower } = convention;
  const own =
    task === 'computation'
      ? `output weights ${outputWeights}`
      : importancePower === 1
        ? 'weight V'
        : 'weight V^2';
  return [shape === 'uniform' ? 'signed' : 'positive', scale, bias ? 'bias' : 'no bias', own].join(
    ', ',
  );
}

/** Size of a reproduction of Figure 7. */
export interface Figure7Size {
  /** Cells along each axis of a panel. */
  readonly cells: number;
  /** Values of importance at which crossings are compared with the published ones. 0: as many as `cells`, base convention only. */
  readonly tableColumns: number;
  /** Compare the base convention only, and do not explain crossings that disagree. Default: all plausible conventions. */
  readonly isCoarse?: boolean;
}

/** True if a reproduction compares all conventions and explains what disagrees. */
export function isWhole({ tableColumns, isCoarse = false }: Figure7Size): boolean {
  return tableColumns > 0 && !isCoarse;
}

/**
 * Grid of the published figure: V from 0.01 to 100, density from 1 to 0.001.
 *
 * @param panel the panel.
 * @param size cells along each axis.
 * @param seed decides all random numbers.
 * @returns the specification under the base convention.
 *
 * @example
 * ```js
 * import { panelSpec } from 'polysem/reproduce';
 * const panel = { task: 'compression', activation: 'relu', features: 6, dims: 3 };
 * panelSpec(panel, { cells: 3, tableColumns: 0 }, 0).x.values; // [0.0100, 1.0000, 100.0000]
 * ```
 */
export function panelSpec(panel: Figure7Panel, { cells }: Figure7Size, seed: number): GridSpec {
  const spec = conventionSpec(panel, baseConvention[panel.task], cells, seed);
  const density = { parameter: 'density', values: Array.from(logSpaced(1, 0.001, cells)) } as const;
  return {
    ...spec,
    y: density,
    training: { ...defaultGridTraining, restarts: PANEL_RESTARTS[panel.task] },
  };
}

/**
 * Random starts per cell of a panel: few, since cells start from the optima of their neighbours as well. Models with one output
 * have more local optima.
 */
const PANEL_RESTARTS = { computation: 6, compression: 4 } as const;
/** Cheaper training of the table: there are ten times as many conventions as panels. */
const TABLE_TRAINING = { restarts: 4, moreRestarts: 0, iterations: 200 };

/** Grid of a panel under a convention, at the densities where the published panel was measured. */
export function conventionSpec(
  { task, activation, features, dims }: Figure7Panel,
  { shape, scale, bias, outputWeights, importancePower }: Convention,
  columns: number,
  seed: number,
): GridSpec {
  return {
    architecture:
      task === 'computation'
        ? { task, activation, bias, outputWeights }
        : { task, activation, bias },
    shape,
    unitVariance: scale === 'variance 1',
    features,
    dims,
    importance: 1,
    density: 1,
    importancePower,
    x: { parameter: 'importance', values: Array.from(logSpaced(0.01, 100, columns)) },
    y: { parameter: 'density', values: measuredDensities },
    training: { ...defaultGridTraining, ...TABLE_TRAINING },
    seed,
  };
}
