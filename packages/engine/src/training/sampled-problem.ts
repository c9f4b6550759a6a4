import { embedding } from '@polysem/core/embedding';
import type { FeatureInputs } from '@polysem/core/features';
import { sampleInputs } from '@polysem/core/features';
import { stratify } from '@polysem/core/features';
import { fastestKernel } from '../kernels/fastest-kernel.ts';
import { lossRounding, type Kernel } from '../kernels/kernel.ts';
import { batchLoss } from '../models/batch-loss.ts';
import { parameterLayout } from '../models/parameters.ts';
import type { ToyModel } from '../models/toy-model.ts';
import { childGenerator, type Generator } from '@polysem/numerics/random';
import { initialParameters } from './initialise.ts';
import { judgeBy, type TrainedParts, type TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/** Inputs on which all runs of a spec are judged: its standard error is a thousandth of the loss or so. */
const HELD_OUT = 1 << 17;

/** Any toy model, trained on sampled inputs and judged on common ones that training never sees. */
export function sampledProblem(
  spec: TrainingSpec,
  inputs: FeatureInputs,
  stream: Generator,
  kernel: Kernel = fastestKernel(),
): TrainingProblem {
  const { model, sampling } = spec;
  const draw = (rows: number, g: Generator) =>
    sampling === 'strata'
      ? stratify(g, inputs, model.features, { rows })
      : sampleInputs(g, inputs, model.features, rows);
  const isFixed = spec.optimiser.name === 'lbfgs';
  const unseen = childGenerator(stream, 1);
  return {
    ...plainParts(spec),
    inputs,
    fixed: isFixed ? kernel.given(model, draw(spec.batch, childGenerator(stream, 0))) : null,
    rounding: lossRounding(kernel),
    judge: isFixed ? judgeBy(batchLoss(model, draw(HELD_OUT, unseen))) : null,
    heldOut: isFixed ? null : { stream: unseen, batches: Math.ceil(HELD_OUT / spec.batch) },
  };
}

/** What there is to know of models trained in the user's own units, whatever their inputs. */
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
