import { validateDistribution, type FeatureDistribution } from '../features/distribution.ts';
import { checkModel, type ToyModel } from '../models/toy-model.ts';
import type { Schedule } from './descend.ts';
import { firstOrderDefaults, type FirstOrderName } from './optimiser.ts';

/** Everything that decides a training run; plain data. */
export interface TrainingSpec {
  readonly model: ToyModel;
  /** The inputs: one distribution for all features. */
  readonly inputs: FeatureDistribution;
  /** Train on the exact expected loss (quadratic computation model only), or on sampled inputs. */
  readonly loss: 'exact' | 'sampled';
  /** L-BFGS takes the exact loss or one fixed sample of `batch` inputs; the others a fresh batch a step. */
  readonly optimiser: 'lbfgs' | FirstOrderName;
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
  /** R, how many random starts. */
  readonly restarts: number;
  readonly seed: number;
  /** If given, no further restart once one is within this relative gap of the certified optimum. */
  readonly stopAtGap?: number;
}

/** True for the one model whose expected loss has a closed form and whose optimum is known. */
export function hasTheory(model: ToyModel): boolean {
  return (
    model.task === 'computation' &&
    model.activation === 'quadratic' &&
    model.outputWeights !== 'free'
  );
}

/** Sensible settings: L-BFGS on the exact loss; Adam with a cosine schedule on sampled inputs. */
export function trainingDefaults(
  loss: TrainingSpec['loss'],
  optimiser: TrainingSpec['optimiser'] = loss === 'exact' ? 'lbfgs' : 'adam',
): Pick<TrainingSpec, 'optimiser' | 'steps' | 'batch' | 'learningRate' | 'schedule' | 'restarts'> {
  const learningRate = optimiser === 'sgd' ? 1e-3 : 1e-2;
  const rest = { learningRate, schedule: 'cosine', restarts: 4 } as const;
  if (optimiser === 'lbfgs') return { optimiser, steps: 5000, batch: 200_000, ...rest };
  return { optimiser, steps: 4000, batch: 2048, ...rest };
}

/**
 * Checks a spec.
 *
 * @throws RangeError naming the field, its value and what it must be.
 */
export function checkTrainingSpec(spec: TrainingSpec): void {
  checkModel(spec.model);
  validateDistribution(spec.inputs);
  if (spec.loss === 'exact' && !hasTheory(spec.model)) {
    throw new RangeError(
      'loss: only the quadratic computation model with fixed output weights has an exact loss; use sampled',
    );
  }
  oneOf('loss', spec.loss, ['exact', 'sampled']);
  oneOf('optimiser', spec.optimiser, ['lbfgs', ...Object.keys(firstOrderDefaults)]);
  oneOf('schedule', spec.schedule, ['constant', 'cosine']);
  if (spec.stopAtGap !== undefined && !Number.isFinite(spec.stopAtGap)) {
    throw new RangeError(`stopAtGap: must be a finite number, got ${spec.stopAtGap}`);
  }
  for (const field of ['steps', 'batch', 'restarts'] as const) {
    if (!Number.isInteger(spec[field]) || spec[field] < 1) {
      throw new RangeError(`${field}: must be a positive integer, got ${spec[field]}`);
    }
  }
  if (!(spec.learningRate > 0 && spec.learningRate < Infinity)) {
    throw new RangeError(`learningRate: must be positive and finite, got ${spec.learningRate}`);
  }
}

function oneOf(field: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new RangeError(`${field}: must be one of ${allowed.join(', ')}, got ${value}`);
}
