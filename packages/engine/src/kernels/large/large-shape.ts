import type { Activation } from '../../activations/registry.ts';
import { activationLanes } from '../../activations/registry.ts';
import { featurewiseForm } from '../../models/featurewise-form.ts';
import { parameterLayout, type ParameterLayout } from '../../models/parameters.ts';
import { wideVectors } from '@polysem/numerics/wasm';
import type { ValueDistribution } from '@polysem/core/features';
import type { Instance, KernelName } from '../kernel.ts';
import { drawnInputs, type DrawnInputs } from '../program/drawing.ts';

/*
 * Large compression models with sparse inputs. A batch is divided into panels of rows, and the rows of a panel share one pass
 * over the weights. Each number of the gradient is summed by one task over all panels in order, so results do not depend on
 * how tasks are divided among threads.
 */

/** Rows per panel. The hidden vectors of a panel stay in the second-level cache. */
export const PANEL_ROWS = 128;

/** Numbers in W from which the methods for large models are used: below, one panel of weights fits in the cache anyway. */
export const LEAST_WEIGHTS: number = 2 ** 16;
/** Mean density up to which lists of active inputs cost little beside the product with all outputs. */
const MOST_DENSITY = 0.1;
/** Mean number of active features from which rows without active features are too few to be worth skipping. */
const LEAST_ACTIVE = 2;

/** Everything that the code for a large model depends on. Plain data. */
export interface LargeShape {
  readonly features: number;
  readonly dims: number;
  readonly activation: Activation;
  readonly hasBias: boolean;
  readonly parameters: ParameterLayout;
  readonly values: ValueDistribution;
  /** Number of classes of features of similar density. */
  readonly classes: number;
  /** Largest number of active inputs in a panel. */
  readonly active: number;
  /** Panels whose lists are in memory at once. */
  readonly slots: number;
  readonly isFused: boolean;
  /** True if V8 pairs vectors to wide vectors. Does not change results. */
  readonly isWide: boolean;
}

/** Bytes that the lists of unclipped outputs may take. */
const LIST_BYTES: number = 2 ** 28;

/**
 * The shape of an instance whose model is large: compression with tied weights, a linear hidden layer and a rectifier, of
 * independent sparse features that share a value distribution. Null for all other instances.
 */
export function largeShape(
  { model, batch }: Pick<Instance, 'model' | 'batch'>,
  { drawing, marginals }: DrawnInputs,
  isFused: boolean,
): LargeShape | null {
  const { features, dims } = model;
  if (model.task !== 'compression' || features * dims < LEAST_WEIGHTS) return null;
  const { isTied, hidden, coefficient } = featurewiseForm(model);
  const isPlain = isTied && hidden === 'linear' && coefficient === null;
  if (!isPlain || !activationLanes(model.activation).isRectified) return null;
  if (drawing.activity.kind !== 'independent') return null;
  const mean = marginals.reduce((sum, { density }) => sum + density, 0);
  if (mean < LEAST_ACTIVE || mean > MOST_DENSITY * features) return null;
  const parameters = parameterLayout(model);
  const listBytes = 8 * PANEL_ROWS * features;
  return {
    features,
    dims,
    activation: model.activation,
    hasBias: parameters.bias.length > 0,
    parameters,
    values: drawing.values,
    classes: classesOf(marginals).length,
    active: mostActive(PANEL_ROWS * mean, PANEL_ROWS * features),
    slots: Math.min(
      Math.ceil(batch / PANEL_ROWS),
      16,
      Math.max(1, Math.floor(LIST_BYTES / listBytes)),
    ),
    isFused,
    isWide: wideVectors(),
  };
}

/**
 * The shape of an instance that several threads can train together with the same result as one.
 *
 * @param instance the model with its inputs and settings.
 * @param kernel name of the kernel.
 * @returns the shape; null if one thread trains the instance, because its model is small or another reason.
 *
 * @example
 * ```js
 * import { teamShape } from 'polysem/kernels';
 * import { planTraining, trainingDefaults } from 'polysem/training';
 * const model = { task: 'compression', activation: 'relu', features: 9, dims: 3, importance: Array(9).fill(1) };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: false };
 * const { instance } = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 }).job(0);
 * teamShape(instance, 'wasm-simd'); // null
 * ```
 */
export function teamShape(instance: Instance, kernel: KernelName): LargeShape | null {
  if (kernel === 'typescript') return null;
  const drawn = drawnInputs(instance);
  return drawn && largeShape(instance, drawn, kernel === 'wasm-fma');
}

/** True if the same code computes both shapes. */
export function isSameShape(a: LargeShape, b: LargeShape): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The mean number of active inputs and 12 standard deviations: exceeded with a probability below 1e-30. */
function mostActive(mean: number, most: number): number {
  return Math.min(most, Math.ceil(mean + 12 * Math.sqrt(mean) + 144));
}

/** Features of similar density: each density is more than half of the largest. */
export interface DensityClass {
  readonly largest: number;
  readonly members: readonly number[];
}

const known = new WeakMap<DrawnInputs['marginals'], DensityClass[]>();

/** The density classes of features, which are computed once. */
export function classesOf(marginals: DrawnInputs['marginals']): DensityClass[] {
  const found = known.get(marginals) ?? densityClasses(marginals.map(({ density }) => density));
  known.set(marginals, found);
  return found;
}

/**
 * Divides features into classes of similar density, so that sampling by the gaps of the largest density of a class rejects
 * fewer than half of the draws.
 */
export function densityClasses(densities: readonly number[]): DensityClass[] {
  const order = densities.map((_, i) => i).toSorted((a, b) => densities[b] - densities[a]);
  const classes: { largest: number; members: number[] }[] = [];
  for (const i of order) {
    const last = classes.at(-1);
    if (last === undefined || densities[i] <= last.largest / 2)
      classes.push({ largest: densities[i], members: [i] });
    else last.members.push(i);
  }
  return classes;
}
