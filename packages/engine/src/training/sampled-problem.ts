import { embedding } from '@polysem/core/embedding';
import type { DistributedInputs } from '@polysem/core/features';
import { parameterLayout } from '../models/parameters.ts';
import type { ToyModel } from '../models/toy-model.ts';
import { childGenerator, type Generator } from '@polysem/numerics/random';
import { initialParameters } from './initialise.ts';
import type { TrainedParts, TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * Number of held-out inputs on which all restarts are evaluated: the standard error is about a
 * thousandth of the loss.
 */
const HELD_OUT = 1 << 17;

/**
 * Any toy model trained on sampled inputs; all restarts are evaluated on the same held-out inputs.
 */
export function sampledProblem(
  spec: TrainingSpec,
  inputs: DistributedInputs,
  stream: Generator,
): TrainingProblem {
  const { model, sampling = 'plain', batch } = spec;
  const unseen = childGenerator(stream, 1);
  if (spec.optimiser.name !== 'lbfgs') {
    const heldOut = {
      kind: 'batches',
      stream: unseen,
      batches: Math.ceil(HELD_OUT / batch),
    } as const;
    return { ...plainParts(spec), inputs, fixed: null, evaluation: null, heldOut };
  }
  const sample = { kind: 'sample', model, inputs, sampling } as const;
  return {
    ...plainParts(spec),
    inputs,
    fixed: { ...sample, rows: batch, stream: childGenerator(stream, 0) },
    evaluation: null,
    heldOut: { ...sample, rows: HELD_OUT, stream: unseen },
  };
}

/** The parts of a problem that do not depend on its inputs, for models trained in the user's units. */
export function plainParts({
  model,
  initialisation,
}: TrainingSpec): Pick<TrainingProblem, 'model' | 'start' | 'predicted' | 'lossUnit' | 'parts'> {
  return {
    model,
    start: (g) => initialParameters(model, initialisation, g),
    predicted: null,
    lossUnit: 1,
    parts: (parameters) => partsOf(model, parameters),
  };
}

/** The parts of a model, from all of its parameters. */
export function partsOf(model: ToyModel, parameters: Float64Array): TrainedParts {
  const { features, dims } = model;
  const layout = parameterLayout(model);
  const part = ({ from, length }: { from: number; length: number }) =>
    parameters.slice(from, from + length);
  return {
    embedding: embedding(dims, features, parameters.slice(0, layout.weights)),
    bias: part(layout.bias),
    readOut: layout.readOut.length > 0 ? embedding(dims, features, part(layout.readOut)) : null,
    outputWeights: layout.outputWeights.length > 0 ? part(layout.outputWeights) : null,
  };
}
