import { normal, uniform, uniformBetween, type Generator } from '@polysem/numerics/random';
import type { InitialisationName } from '../names/initialisations.ts';
import { initialParameters } from '../training/initialise.ts';
import type { CellLosses } from './cell-losses.ts';
import type { PlannedCell } from './plan-grid.ts';

type StartName = Exclude<InitialisationName, 'notebook'> | 'grouped';

/**
 * Initialisations, used in turn: of standard size, as large as the targets or orthonormal, small, and in groups of
 * features. Groups lead to the best optima of models with one output most often.
 */
const STARTS: Readonly<Record<'computation' | 'featurewise', readonly StartName[]>> = {
  computation: ['grouped', 'grouped', 'xavier', 'grouped'],
  featurewise: ['xavier', 'orthogonal', 'small'],
};

/** Smallest and largest standard deviation of the noise in grouped starts, relative to the importance of a feature. */
const NOISE = [0.2, 0.4] as const;

/** Random parameters of a restart; initialisations take turns. */
export function randomStart(
  { model }: PlannedCell,
  { training }: CellLosses,
  restart: number,
  stream: Generator,
): Float64Array {
  const names = STARTS[model.task === 'computation' ? 'computation' : 'featurewise'];
  const name = names[restart % names.length];
  const parameters = initialParameters(
    model,
    { name: name === 'grouped' ? 'small' : name },
    stream,
  ).slice(0, training.size);
  if (name === 'grouped') groupFeatures(parameters, model, stream);
  return parameters;
}

/**
 * Overwrites W with a random partition of the features: each feature enters one neuron, with the weight at which that
 * neuron would compute it alone, and noise enters all neurons. Optima of scalar computation resemble such partitions.
 */
function groupFeatures(
  weights: Float64Array,
  { activation, features, dims, importance }: PlannedCell['model'],
  stream: Generator,
): void {
  const noise = uniformBetween(stream, ...NOISE);
  for (let i = 0; i < features; i++) {
    // Fixed output weights are 1: the quadratic activation computes v x^2 with weight sqrt(v), a homogeneous one v f(x) with v.
    const alone = activation === 'quadratic' ? Math.sqrt(importance[i]) : importance[i];
    const own = Math.floor(uniform(stream) * dims);
    for (let d = 0; d < dims; d++)
      weights[i * dims + d] = alone * (Number(d === own) + noise * normal(stream));
  }
}
