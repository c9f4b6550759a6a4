import {
  distributions,
  givenParameters,
  parameterValues,
  type Correlation,
  type ValueDistribution,
} from '@polysem/core/features';
import { importanceOf, type ImportanceParameter } from '@polysem/core/theory';
import { initialisations, optimiserNames } from '@polysem/engine/names';
import type { ToyModel } from '@polysem/engine/models';
import type { Architecture } from '@polysem/engine/phase';
import type { TrainingSpec } from '@polysem/engine/training';
import { z } from 'zod';
import {
  architectureOf,
  marginalOf,
  trainingSettings,
  usualShape,
  usualUnitVariance,
  type ArchitectureParameters,
  type TrainingParameters,
  type TrainingSettings,
} from '../../parameters/index.ts';
import type { Json } from '../cell.ts';
import type { Parameters } from './computation.ts';
import { required } from './required.ts';
import {
  architecture,
  choice,
  correlation,
  count,
  number,
  parametersOf,
  perFeature,
  sizes,
  values,
} from './schemas.ts';
import { sizesOf } from './sizes.ts';

/** Parameters of training. */
const training = {
  loss: choice(
    ['exact', 'sampled'],
    'Loss to train on: exact (closed form, the default where there is one) or sampled.',
  ),
  sampling: choice(
    ['plain', 'strata'],
    'Fixed sample of lbfgs: plain (default), or strata by the number of active features.',
  ),
  optimiser: choice(
    optimiserNames,
    'Optimiser (default: lbfgs for the exact loss, adam for samples).',
  ),
  learningRate: number('Learning rate (default: 0.01; sgd: 0.001).'),
  momentum: number('Momentum of sgd (default: 0.9).'),
  weightDecay: number('Weight decay (default: 0; adamw: 0.01).'),
  clip: z
    .number()
    .nullable()
    .describe('Largest norm of a gradient; longer ones are scaled down (default: null).'),
  schedule: choice(['constant', 'cosine'], 'Schedule of the learning rate (default: cosine).'),
  warmUp: z.int().min(0).describe('Steps over which the learning rate rises from 0 (default: 0).'),
  steps: count(
    'Number of steps (default: 4000); for lbfgs the largest number of iterations (5000).',
  ),
  batch: count('Inputs per step (default: 2048); for lbfgs inputs in its fixed sample (200000).'),
  earlyStop: z
    .strictObject({ span: z.int().min(1), improvement: z.number() })
    .nullable()
    .describe(
      'Stop when the mean loss of `span` steps improves by less than the fraction `improvement` over the `span` before (default: null).',
    ),
  initialisation: choice(
    Object.keys(initialisations) as (keyof typeof initialisations)[],
    'Initial weights (default: xavier; importance for the quadratic model).',
  ),
  instances: count(
    'With the initialisation notebook: number of models that the notebook trains at once (default: 1).',
  ),
  history: z
    .int()
    .min(0)
    .describe('With weights: number of steps at which all parameters are recorded (default: 0).'),
  restarts: count('Trainings from different initial weights per cell (default: 4).'),
};

/** Schema of the parameters of a trained model. */
export const trainSchema: z.ZodObject = parametersOf({
  ...architecture,
  ...sizes,
  density: perFeature('P(active), in (0, 1]: one number for all features, or one per feature.'),
  ...values,
  unitVariance: z
    .boolean()
    .describe('Scale inputs to variance 1 (default: false for compression, true otherwise).'),
  correlation,
  ...training,
});

/** Fills in the defaults of a trained model; those that `polysem train` has. */
export function resolveTrain(given: Parameters): Parameters {
  const model = architectureOf(given as ArchitectureParameters);
  const { features, importance } = sizesOf(given);
  const { task } = model;
  if (given.instances !== undefined && given.initialisation !== 'notebook')
    throw new RangeError('instances: belongs to the initialisation notebook; leave it out');
  const shape = (given.shape ?? usualShape(task)) as ValueDistribution['shape'];
  const own = { ...givenParameters(given as unknown as ValueDistribution) };
  const settings = trainingSettings(
    { ...model, features, dims: 1, importance: [] } as ToyModel,
    given as TrainingParameters,
  );
  return {
    ...architectureParameters(model),
    features,
    dims: required<number>(given, 'dims', '5'),
    importance: importance as Json,
    density: required<Json>(given, 'density', '0.1'),
    shape,
    ...(distributions[shape] !== undefined && parameterValues({ shape, ...own })),
    // Parameters of other distributions stay, for the check to refuse.
    ...own,
    unitVariance: given.unitVariance ?? usualUnitVariance(task),
    correlation: given.correlation ?? null,
    ...settingParameters(settings),
  };
}

/** An architecture as parameters. */
export function architectureParameters(model: Architecture): Parameters {
  const { task, activation, bias = true } = model;
  if (task === 'computation')
    return { task, activation, bias, outputWeights: model.outputWeights ?? 'fixed' };
  return {
    task,
    activation,
    bias,
    importanceAs: model.importanceRole ?? 'loss-weight',
    ...(model.hiddenActivation !== undefined && { hiddenActivation: model.hiddenActivation }),
    ...(task === 'compression' ? { untied: model.tied === false } : { target: model.target }),
  };
}

/** Settings as parameters; those that the optimiser or the loss does not use are left out. */
function settingParameters(settings: TrainingSettings): Parameters {
  const { loss, optimiser, schedule, initialisation, stopping, steps, restarts } = settings;
  const isLbfgs = optimiser.name === 'lbfgs';
  const { history, clip, sampling = 'plain' } = settings;
  return {
    loss,
    optimiser: optimiser.name,
    steps,
    restarts,
    history: history as number,
    initialisation: initialisation.name,
    ...(initialisation.name === 'notebook' && { instances: initialisation.instances }),
    ...(loss === 'sampled' && { batch: settings.batch }),
    // Kept where it does not apply, for the check to refuse.
    ...((sampling !== 'plain' || (loss === 'sampled' && isLbfgs)) && { sampling }),
    ...((!isLbfgs || clip !== null) && { clip }),
    ...((!isLbfgs || stopping !== null) && { earlyStop: stopping as Json }),
    ...(optimiser.name !== 'lbfgs' && {
      learningRate: settings.learningRate,
      schedule: schedule.shape,
      warmUp: schedule.warmUp,
      weightDecay: optimiser.weightDecay,
      ...(optimiser.name === 'sgd' && { momentum: optimiser.momentum }),
    }),
  };
}

/**
 * The training spec of a cell: that of `polysem train` with the same flags.
 *
 * @param parameters parameters with defaults filled in.
 * @param seed the seed.
 * @returns the spec.
 */
export function trainingSpecOf(parameters: Parameters, seed: number): TrainingSpec {
  const { features, dims, density, unitVariance, correlation: dependence } = parameters;
  const model = {
    ...architectureOf(parameters as ArchitectureParameters),
    features: features as number,
    dims: dims as number,
    importance: importanceOf(parameters.importance as ImportanceParameter, features as number),
  } as ToyModel;
  const marginal = marginalOf(
    valuesOf(parameters),
    density as number | readonly number[],
    unitVariance as boolean,
  );
  const { sampling, ...settings } = parameters as TrainingParameters;
  return {
    model,
    inputs:
      dependence === null
        ? marginal
        : { kind: 'correlated', marginal, correlation: dependence as unknown as Correlation },
    ...trainingSettings(model, sampling === 'strata' ? { ...settings, sampling } : settings),
    seed,
    instance: 0,
  };
}

/** The distribution of active values; parameters with their defaults are left out, as in results of `polysem train`. */
function valuesOf(parameters: Parameters): ValueDistribution {
  const given = parameters as unknown as ValueDistribution;
  const { shape } = given;
  const usual = distributions[shape]?.parameters ?? {};
  const own = Object.entries(givenParameters(given)).filter(
    ([name, value]) => (usual as Record<string, { default: number }>)[name]?.default !== value,
  );
  return { shape, ...Object.fromEntries(own) };
}
