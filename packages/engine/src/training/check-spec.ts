import {
  atMost,
  inInterval,
  integerAtLeast,
  notNegative,
  oneOf,
  positive,
  positiveInteger,
} from '@polysem/numerics/checks';
import { isDataInputs, resolveInputs, type Inputs } from '@polysem/core/features';
import { checkModel, isQuadraticModel } from '../models/toy-model.ts';
import { initialisations } from '../names/initialisations.ts';
import { optimiserNames } from '../names/optimisers.ts';
import type { ProblemExtras } from './problem.ts';
import { largestBatch, type TrainingSpec } from './training-spec.ts';

/** Bound on restarts, far above any useful number, to catch typing errors. */
const MOST_RESTARTS = 1_000_000;

/**
 * Checks a spec and resolves its inputs.
 *
 * @param spec the spec.
 * @param known the data matrix that the spec names, and its inputs if they are resolved already.
 * @returns the inputs, checked and written out per feature.
 * @throws RangeError with the field, its value and what it must be.
 *
 * @example
 * ```js
 * import { checkTrainingSpec, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 3, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * checkTrainingSpec({ model, inputs, ...trainingDefaults(model), seed: 0 }); // throws RangeError
 * ```
 */
export function checkTrainingSpec(
  spec: TrainingSpec,
  known: Pick<ProblemExtras, 'data' | 'inputs'> = {},
): Inputs {
  checkModel(spec.model);
  const inputs = known.inputs ?? resolveInputs(spec.inputs, spec.model.features, known.data);
  oneOf('loss', spec.loss, ['exact', 'sampled']);
  checkSampling(spec);
  for (const field of ['steps', 'batch', 'restarts'] as const) positiveInteger(field, spec[field]);
  atMost('restarts', spec.restarts, MOST_RESTARTS);
  // The exact loss draws no inputs.
  if (spec.loss === 'sampled') atMost('batch', spec.batch, largestBatch(spec.model));
  integerAtLeast('seed', spec.seed, 0);
  if (spec.instance !== undefined) integerAtLeast('instance', spec.instance, 0);
  positive('learningRate', spec.learningRate);
  checkOptimiser(spec);
  checkSchedule(spec);
  checkInitialisation(spec);
  checkFirstOrderOnly(spec);
  if (spec.stopAtGap !== undefined && !Number.isFinite(spec.stopAtGap)) {
    throw new RangeError(`stopAtGap: must be a finite number, got ${spec.stopAtGap}`);
  }
  return inputs;
}

/** Checks that loss and sampling fit the model, the inputs and the optimiser. */
function checkSampling(spec: TrainingSpec): void {
  const { loss, inputs, optimiser, sampling = 'plain' } = spec;
  const isFixed = optimiser.name === 'lbfgs';
  if (isDataInputs(inputs)) {
    if (loss === 'sampled' && isFixed) {
      throw new RangeError(
        'loss: L-BFGS needs the exact loss, over all rows of the data; use another optimiser for fresh batches of rows',
      );
    }
  } else if (loss === 'exact' && !isQuadraticModel(spec.model)) {
    throw new RangeError(
      'loss: only the quadratic computation model with fixed output weights has an exact loss; use sampled',
    );
  }
  oneOf('sampling', sampling, ['plain', 'strata']);
  if (sampling === 'plain') return;
  if (loss === 'exact' || !isFixed || isDataInputs(inputs)) {
    throw new RangeError(
      'sampling: strata require L-BFGS on the sampled loss of a distribution; leave it out, or choose those',
    );
  }
}

function checkOptimiser({ optimiser }: TrainingSpec): void {
  oneOf('optimiser', optimiser.name, optimiserNames);
  if (optimiser.name === 'lbfgs') return;
  notNegative('weightDecay', optimiser.weightDecay);
  if (optimiser.name === 'sgd') return inInterval('momentum', optimiser.momentum, 0, 1, '[)');
  inInterval('beta1', optimiser.beta1, 0, 1, '[)');
  inInterval('beta2', optimiser.beta2, 0, 1, '[)');
  positive('epsilon', optimiser.epsilon);
}

function checkSchedule({ schedule, steps }: TrainingSpec): void {
  oneOf('schedule', schedule.shape, ['constant', 'cosine']);
  integerAtLeast('warmUp', schedule.warmUp, 0);
  if (schedule.warmUp >= steps) {
    throw new RangeError(
      `warmUp: must be fewer than the ${steps} steps of training, got ${schedule.warmUp}`,
    );
  }
}

function checkInitialisation({ initialisation }: TrainingSpec): void {
  oneOf('initialisation', initialisation.name, Object.keys(initialisations));
  if (initialisation.name === 'notebook') {
    const { instances } = initialisation;
    positiveInteger("initialisation: the notebook's number of instances", instances);
  }
}

/** Checks clipping, early stopping and history, which L-BFGS does not have. */
function checkFirstOrderOnly(spec: TrainingSpec): void {
  const { clip, stopping, history, steps } = spec;
  if (clip !== null) positive('clip', clip);
  if (stopping !== null) {
    const { span, improvement } = stopping;
    positiveInteger('stopping: the span', span);
    if (!(improvement >= 0 && improvement < 1)) {
      throw new RangeError(
        `stopping: the improvement must lie in [0, 1), got ${improvement}; it is the smallest fraction by which the mean loss must fall`,
      );
    }
  }
  if (typeof history === 'number') {
    integerAtLeast('history', history, 0);
    atMost('history', history, steps + 1);
  } else {
    history.forEach((step, k) => {
      if (!Number.isInteger(step) || step < 0 || step > steps || step <= (history[k - 1] ?? -1)) {
        throw new RangeError(
          `history: must ascend from 0 or above to at most ${steps}, the number of steps, got ${step} at place ${k}`,
        );
      }
    });
  }
  if (spec.optimiser.name !== 'lbfgs') return;
  const unused = { clip: clip !== null, stopping: stopping !== null, history: history !== 0 };
  for (const [field, isGiven] of Object.entries(unused)) {
    if (isGiven)
      throw new RangeError(`${field}: L-BFGS has none; leave it out, or use another optimiser`);
  }
}
