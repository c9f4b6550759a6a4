import {
  atMost,
  inInterval,
  integerAtLeast,
  notNegative,
  oneOf,
  positive,
  positiveInteger,
} from '@polysem/numerics/checks';
import {
  checkFeatureDistribution,
  heldOutRows,
  inputLaw,
  isCorrelated,
  isDataInputs,
  type DataInputs,
} from '@polysem/core/features';
import { MOST_CELLS } from '../kernels/program/sample-gaps.ts';
import { checkModel, isQuadraticModel } from '../models/toy-model.ts';
import { initialisations } from './initialise.ts';
import { optimiserNames, type TrainingSpec } from './training-spec.ts';

/** More random starts than anyone waits for. */
const MOST_RESTARTS = 1_000_000;

/**
 * Checks a spec.
 *
 * @throws RangeError naming the field, its value and what it must be.
 */
export function checkTrainingSpec(spec: TrainingSpec): void {
  checkModel(spec.model);
  checkInputs(spec);
  oneOf('loss', spec.loss, ['exact', 'sampled']);
  checkSampling(spec);
  for (const field of ['steps', 'batch', 'restarts'] as const) positiveInteger(field, spec[field]);
  atMost('restarts', spec.restarts, MOST_RESTARTS);
  atMost('batch', spec.batch, Math.floor(MOST_CELLS / spec.model.features));
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
}

function checkInputs({ inputs, model }: TrainingSpec): void {
  if (isDataInputs(inputs)) return checkDataInputs(inputs, model.features);
  if (isCorrelated(inputs)) return void inputLaw(inputs, model.features);
  if (!('length' in inputs)) return checkFeatureDistribution(inputs);
  if (inputs.length !== model.features) {
    throw new RangeError(
      `inputs: ${inputs.length} distributions for ${model.features} features; give one for all, or one a feature`,
    );
  }
  inputs.forEach(checkFeatureDistribution);
}

function checkDataInputs(inputs: DataInputs, features: number): void {
  const { rows, sha256, heldOut } = inputs;
  positiveInteger('rows', rows);
  if (inputs.features !== features) {
    throw new RangeError(
      `inputs: the data have ${inputs.features} features, the model ${features}; give the model as many`,
    );
  }
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new RangeError(`inputs: sha256 must be 64 hexadecimal digits, got ${sha256}`);
  }
  inInterval('heldOut', heldOut, 0, 1, '[)');
  const apart = heldOutRows(inputs);
  if (apart >= rows) {
    throw new RangeError(
      `heldOut: ${heldOut} of ${rows} rows leaves none to train on; use fewer, or 0 to judge by the rows trained on`,
    );
  }
}

/** What the loss is an expectation over must fit the model, the inputs and the optimiser. */
function checkSampling(spec: TrainingSpec): void {
  const { loss, inputs, optimiser, sampling = 'plain' } = spec;
  const isFixed = optimiser.name === 'lbfgs';
  if (isDataInputs(inputs)) {
    if (loss === 'sampled' && isFixed) {
      throw new RangeError(
        'loss: L-BFGS takes all rows of the data, the exact loss; for fresh batches of rows take another optimiser',
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
      'sampling: strata are for L-BFGS on samples of a distribution; leave it out, or take that',
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

/** What L-BFGS has no use for, it must not be given. */
function checkFirstOrderOnly(spec: TrainingSpec): void {
  const { clip, stopping, history, steps } = spec;
  if (clip !== null) positive('clip', clip);
  if (stopping !== null) {
    const { span, improvement } = stopping;
    positiveInteger('stopping: the span', span);
    if (!(improvement >= 0 && improvement < 1)) {
      throw new RangeError(
        `stopping: the improvement must lie in [0, 1), got ${improvement}; it is the least fraction by which the mean loss must fall`,
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
      throw new RangeError(`${field}: L-BFGS has none; leave it out, or take another optimiser`);
  }
}
