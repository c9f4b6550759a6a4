import { embedding } from '@polysem/core/embedding';
import { drawInputs, stratifyInputs, type DistributedInputs } from '@polysem/core/features';
import { fastestKernel } from '../kernels/fastest-kernel.ts';
import { lossRounding, type Kernel } from '../kernels/kernel.ts';
import { batchLoss } from '../models/batch-loss.ts';
import { parameterLayout } from '../models/parameters.ts';
import type { ToyModel } from '../models/toy-model.ts';
import { childGenerator, type Generator } from '@polysem/numerics/random';
import { initialParameters } from './initialise.ts';
import { evaluationBy, type TrainedParts, type TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/** Number of held-out inputs on which all restarts are evaluated: the standard error is about a thousandth of the loss. */
const HELD_OUT = 1 << 17;

/** Any toy model, trained on sampled inputs; all restarts are evaluated on the same held-out inputs. */
export function sampledProblem(
  spec: TrainingSpec,
  inputs: DistributedInputs,
  stream: Generator,
  kernel: Kernel = fastestKernel(),
): TrainingProblem {
  const { model, sampling } = spec;
  const draw = (rows: number, g: Generator) =>
    sampling === 'strata' ? stratifyInputs(g, inputs, { rows }) : drawInputs(g, inputs, rows);
  const isFixed = spec.optimiser.name === 'lbfgs';
  return {
    ...plainParts(spec),
    inputs,
    fixed: isFixed ? () => kernel.given(model, draw(spec.batch, childGenerator(stream, 0))) : null,
    rounding: lossRounding(kernel),
    evaluation: isFixed
      ? () => evaluationBy(batchLoss(model, draw(HELD_OUT, childGenerator(stream, 1))))
      : null,
    heldOut: isFixed
      ? null
      : { stream: childGenerator(stream, 1), batches: Math.ceil(HELD_OUT / spec.batch) },
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

function partsOf(model: ToyModel, parameters: Float64Array): TrainedParts {
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
