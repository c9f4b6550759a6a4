import { firstOrderDefaults, type FirstOrder } from '../descent/optimiser.ts';
import type { Schedule } from '../descent/schedule.ts';
import type { FeatureInputs } from '@polysem/core/features';
import type { DataInputs } from '@polysem/core/features';
import { isQuadraticModel, type ToyModel } from '../models/toy-model.ts';
import { MOST_CELLS } from '../kernels/program/sample-gaps.ts';
import type { Initialisation } from './initialise.ts';

/** The largest number of inputs in a batch or sample of a model. */
export function largestBatch({ features }: { readonly features: number }): number {
  return Math.floor(MOST_CELLS / features);
}

/** Criterion for stopping before the last step; plain data. */
export interface EarlyStopping {
  /**
   * Number of steps per span; the mean loss of each span is compared with that of the span before.
   */
  readonly span: number;
  /** Stop if the mean has fallen by less than this fraction. */
  readonly improvement: number;
}

/** L-BFGS for losses that do not change, or a first-order optimiser with its constants. */
export type Optimiser = { readonly name: 'lbfgs' } | FirstOrder;

/** Everything that decides a training run; plain data. */
export interface TrainingSpec {
  readonly model: ToyModel;
  /**
   * The inputs: one distribution for all features, one per feature, correlated features, or the
   * rows of a data matrix, which is passed along with the spec.
   */
  readonly inputs: FeatureInputs | DataInputs;
  /**
   * Loss to train on: the exact expected loss, or the loss on sampled inputs. For distributions,
   * only the quadratic computation model has an exact loss. For data, every model has one: the mean
   * over all rows that are not held out.
   */
  readonly loss: 'exact' | 'sampled';
  /**
   * Sampling of the fixed sample of L-BFGS: plain draws (the default) or weighted strata
   * (`stratify`), which are then used for evaluation too. Not for other optimisers or the exact
   * loss.
   */
  readonly sampling?: 'plain' | 'strata';
  /**
   * L-BFGS trains on the exact loss or on one fixed sample of `batch` inputs. With sampled inputs
   * the other optimisers draw a fresh batch per step; for data these are rows drawn with
   * replacement.
   */
  readonly optimiser: Optimiser;
  /** Number of steps; for L-BFGS the maximum number of iterations. */
  readonly steps: number;
  /** Inputs per step, or in the fixed sample of L-BFGS. Unused for the exact loss. */
  readonly batch: number;
  /**
   * Unused by L-BFGS. For the quadratic computation model, as for its weights, the unit is the
   * square root of the largest importance.
   */
  readonly learningRate: number;
  readonly schedule: Schedule;
  /**
   * The largest norm of a gradient (in the units of the learning rate); longer ones are scaled
   * down. Null for no bound. Not for L-BFGS.
   */
  readonly clip: number | null;
  /** Criterion of early stopping; null for none. Not for L-BFGS. */
  readonly stopping: EarlyStopping | null;
  /** Initialisation of the weights. */
  readonly initialisation: Initialisation;
  /**
   * Steps after which loss, capacities and weights are recorded: a number of steps, evenly spaced
   * from the start to the end, or an ascending list; 0 for none. Not for L-BFGS.
   */
  readonly history: number | readonly number[];
  /** R, the number of restarts. */
  readonly restarts: number;
  readonly seed: number;
  /**
   * Index of this instance among those that share a seed: each has its own random streams. 0 by
   * default.
   */
  readonly instance?: number;
  /**
   * If given, take no further restart once one is within this relative gap of the certified
   * optimum.
   */
  readonly stopAtGap?: number;
}

/**
 * Default settings: L-BFGS on the exact loss, if there is one, from weights scaled by importance;
 * otherwise Adam with a cosine schedule on sampled inputs, from Xavier's weights.
 *
 * @param model the toy model.
 * @param loss the loss to train on.
 * @param optimiser the name of the optimiser.
 * @returns the settings; add model, inputs and seed to make a spec.
 *
 * @example
 * ```js
 * import { trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * trainingDefaults(model).optimiser; // { name: 'lbfgs' }
 * trainingDefaults({ ...model, activation: 'relu' }).loss; // 'sampled'
 * ```
 */
export function trainingDefaults(
  model: ToyModel,
  loss: TrainingSpec['loss'] = isQuadraticModel(model) ? 'exact' : 'sampled',
  optimiser: Optimiser['name'] = loss === 'exact' ? 'lbfgs' : 'adam',
): Omit<TrainingSpec, 'model' | 'inputs' | 'sampling' | 'seed' | 'instance' | 'stopAtGap'> {
  const isFixed = optimiser === 'lbfgs';
  return {
    loss,
    optimiser: isFixed ? { name: optimiser } : firstOrderDefaults[optimiser],
    steps: isFixed ? 5000 : 4000,
    batch: Math.min(isFixed ? 200_000 : 2048, largestBatch(model)),
    learningRate: optimiser === 'sgd' ? 1e-3 : 1e-2,
    schedule: { shape: 'cosine', warmUp: 0 },
    clip: null,
    stopping: null,
    initialisation: { name: isQuadraticModel(model) ? 'importance' : 'xavier' },
    history: 0,
    restarts: 4,
  };
}

/**
 * The steps at which a spec asks for a record, ascending, without duplicates.
 *
 * @param spec its history and number of steps.
 * @returns the steps.
 *
 * @example
 * ```js
 * import { recordedSteps } from 'polysem/training';
 * recordedSteps({ history: 3, steps: 100 }); // [0, 50, 100]
 * ```
 */
export function recordedSteps({ history, steps }: TrainingSpec): number[] {
  if (typeof history !== 'number') return [...history];
  if (history === 1) return [steps];
  const points = Array.from({ length: history }, (_, k) => Math.round((k * steps) / (history - 1)));
  return points.filter((step, k) => k === 0 || step > points[k - 1]);
}
