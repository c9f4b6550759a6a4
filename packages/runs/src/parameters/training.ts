import { firstOrderDefaults } from '@polysem/engine/descent';
import { isQuadraticModel, type ToyModel } from '@polysem/engine/models';
import {
  trainingDefaults,
  type EarlyStopping,
  type InitialisationName,
  type Optimiser,
  type TrainingSpec,
} from '@polysem/engine/training';

/** Parameters of training, named as the flags of `polysem train`; absent ones take their defaults. */
export interface TrainingParameters {
  readonly loss?: TrainingSpec['loss'];
  readonly sampling?: TrainingSpec['sampling'];
  readonly optimiser?: Optimiser['name'];
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly clip?: number | null;
  readonly schedule?: TrainingSpec['schedule']['shape'];
  readonly warmUp?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly earlyStop?: EarlyStopping | null;
  readonly initialisation?: InitialisationName;
  /** With the initialisation `notebook`: number of models that the notebook trains at once. */
  readonly instances?: number;
  readonly history?: number;
  readonly restarts?: number;
}

/** All settings of a training spec, apart from its model, inputs and seed. */
export type TrainingSettings = Omit<TrainingSpec, 'model' | 'inputs' | 'seed'>;

/**
 * Fills in the defaults of training: the exact loss where there is one, L-BFGS for the exact loss, Adam for samples, and the
 * rest as {@link trainingDefaults}.
 *
 * @param model the model.
 * @param given the parameters.
 * @param isOnData true if the inputs are rows of data, whose mean loss is exact for every model.
 * @returns the settings; add model, inputs and seed to make a spec.
 * @throws RangeError for a parameter that the chosen optimiser or loss does not have.
 *
 * @example
 * ```js
 * import { trainingSettings } from 'polysem/runs';
 * const model = { task: 'compression', activation: 'relu', features: 2, dims: 1, importance: [1, 1] };
 * trainingSettings(model, { steps: 100 }).steps; // 100
 * trainingSettings(model, {}).optimiser.name; // 'adam'
 * ```
 */
export function trainingSettings(
  model: ToyModel,
  given: TrainingParameters,
  isOnData: boolean = false,
): TrainingSettings {
  const asksForBatches =
    given.batch !== undefined || (given.optimiser !== undefined && given.optimiser !== 'lbfgs');
  const exists = isOnData ? !asksForBatches : isQuadraticModel(model);
  const loss = given.loss ?? (exists ? 'exact' : 'sampled');
  const defaults = trainingDefaults(model, loss, given.optimiser);
  if (defaults.optimiser.name === 'lbfgs') refuseForLbfgs(given);
  if (loss === 'exact' && given.batch !== undefined)
    throw new RangeError(
      'batch: the exact loss draws no inputs; leave it out, or use the sampled loss',
    );
  const { sampling, initialisation } = given;
  return {
    ...defaults,
    optimiser: optimiserOf(given, defaults.optimiser.name),
    schedule: {
      shape: given.schedule ?? defaults.schedule.shape,
      warmUp: given.warmUp ?? 0,
    },
    ...present({ learningRate: given.learningRate, sampling, clip: given.clip }),
    ...present({ steps: given.steps, batch: given.batch, stopping: given.earlyStop }),
    ...(initialisation !== undefined && {
      initialisation:
        initialisation === 'notebook'
          ? { name: initialisation, instances: given.instances ?? 1 }
          : { name: initialisation },
    }),
    ...present({ history: given.history, restarts: given.restarts }),
  };
}

/** The fields that are given. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Refuses parameters that do not apply to L-BFGS, which chooses its own steps. */
function refuseForLbfgs({ learningRate, schedule, warmUp }: TrainingParameters): void {
  for (const [name, value] of Object.entries({ learningRate, schedule, warmUp })) {
    if (value === undefined) continue;
    throw new RangeError(`${name}: L-BFGS has none; leave it out, or use another optimiser`);
  }
}

function optimiserOf(given: TrainingParameters, name: Optimiser['name']): Optimiser {
  const { momentum, weightDecay } = given;
  if (momentum !== undefined && name !== 'sgd')
    throw new RangeError(`momentum: belongs to the optimiser sgd, got ${name}`);
  if (name === 'lbfgs') {
    if (weightDecay !== undefined)
      throw new RangeError('weightDecay: L-BFGS has none; use another optimiser');
    return { name };
  }
  const decay = present({ weightDecay });
  if (name !== 'sgd') return { ...firstOrderDefaults[name], ...decay };
  return { ...firstOrderDefaults.sgd, ...present({ momentum }), ...decay };
}
