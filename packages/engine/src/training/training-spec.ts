import { firstOrderDefaults, type FirstOrder, type FirstOrderName } from '../descent/optimiser.ts';
import type { Schedule } from '../descent/schedule.ts';
import type { FeatureInputs } from '@polysem/core/features';
import type { DataInputs } from '@polysem/core/features';
import { isQuadraticModel, type ToyModel } from '../models/toy-model.ts';
import type { Initialisation } from './initialise.ts';

/** When to stop before the last step; plain data. */
export interface EarlyStopping {
  /** Steps whose mean loss is compared with that of as many steps before them. */
  readonly span: number;
  /** Stop when the mean has fallen by less than this fraction. */
  readonly improvement: number;
}

/** L-BFGS for losses that stay the same, or a first-order optimiser with its constants. */
export type Optimiser = { readonly name: 'lbfgs' } | FirstOrder;

/** Everything that decides a training run; plain data. */
export interface TrainingSpec {
  readonly model: ToyModel;
  /**
   * The inputs: one distribution for all features, one a feature, correlated features, or the rows of a data matrix, which
   * is handed over beside the spec.
   */
  readonly inputs: FeatureInputs | DataInputs;
  /**
   * Train on the exact expected loss, or on sampled inputs. Of distributions the quadratic computation model alone has an
   * exact loss; of data every model has, the mean over all rows that are not held out.
   */
  readonly loss: 'exact' | 'sampled';
  /**
   * How the one fixed sample of L-BFGS stands for a distribution: plain draws, or weighted strata (`stratify`), which are
   * judged by strata too. Plain if absent. Other optimisers and the exact loss have none.
   */
  readonly sampling?: 'plain' | 'strata';
  /**
   * L-BFGS takes the exact loss or one fixed sample of `batch` inputs; of sampled inputs the others take a fresh batch a
   * step, which of data is rows drawn with replacement.
   */
  readonly optimiser: Optimiser;
  /** Steps, or for L-BFGS at most as many iterations. */
  readonly steps: number;
  /** Inputs a step, or in the one sample of L-BFGS. Unused for the exact loss. */
  readonly batch: number;
  /**
   * Unused by L-BFGS. For the quadratic computation model in units of the square root of the largest importance, as its
   * weights are.
   */
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** The largest norm a gradient may have (in the units of the learning rate); null for no bound. Not for L-BFGS. */
  readonly clip: number | null;
  /** When to stop before the last step; null for never. Not for L-BFGS. */
  readonly stopping: EarlyStopping | null;
  /** How first weights are drawn. */
  readonly initialisation: Initialisation;
  /**
   * After which steps loss, capacities and weights are recorded: so many of them spread evenly from the start to the
   * end, or a list, ascending; 0 for none. Not for L-BFGS.
   */
  readonly history: number | readonly number[];
  /** R, how many random starts. */
  readonly restarts: number;
  readonly seed: number;
  /** Which of several instances of one seed this is: each has streams of its own. 0 if absent. */
  readonly instance?: number;
  /** If given, no further restart once one is within this relative gap of the certified optimum. */
  readonly stopAtGap?: number;
}

/**
 * Sensible settings: L-BFGS on the exact loss, where there is one, from weights scaled by importance; else Adam with a
 * cosine schedule on sampled inputs, from Xavier's weights.
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
    batch: isFixed ? 200_000 : 2048,
    learningRate: optimiser === 'sgd' ? 1e-3 : 1e-2,
    schedule: { shape: 'cosine', warmUp: 0 },
    clip: null,
    stopping: null,
    initialisation: { name: isQuadraticModel(model) ? 'importance' : 'xavier' },
    history: 0,
    restarts: 4,
  };
}

/** The steps after which a spec asks for a record, ascending and each once. */
export function recordedSteps({ history, steps }: TrainingSpec): number[] {
  if (typeof history !== 'number') return [...history];
  if (history === 1) return [steps];
  const points = Array.from({ length: history }, (_, k) => Math.round((k * steps) / (history - 1)));
  return points.filter((step, k) => k === 0 || step > points[k - 1]);
}

/** The names of all optimisers. */
export const optimiserNames: readonly Optimiser['name'][] = [
  'lbfgs',
  ...(Object.keys(firstOrderDefaults) as FirstOrderName[]),
];
