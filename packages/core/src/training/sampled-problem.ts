import { embedding } from '../embedding.ts';
import { sampleSparse } from '../features/sparse.ts';
import { batchLoss } from '../models/batch-loss.ts';
import { parameterLayout } from '../models/parameters.ts';
import { split, type Generator } from '../random/generator.ts';
import { initialParameters } from './initialise.ts';
import type { TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/** Inputs on which all runs of a spec are judged: its standard error is a thousandth of the loss or so. */
const HELD_OUT = 1 << 17;

/** Any toy model, trained on sampled inputs and judged on common ones that training never sees. */
export function sampledProblem(spec: TrainingSpec, data: Generator): TrainingProblem {
  const { model, inputs } = spec;
  const { features, dims } = model;
  const layout = parameterLayout(model);
  const draw = (rows: number, g: Generator) =>
    batchLoss(model, sampleSparse(inputs, features, rows, g));
  const isFixed = spec.optimiser.name === 'lbfgs';
  const unseen = split(data, 1);
  return {
    model,
    start: (g) => initialParameters(model, spec.initialisation, g),
    fixed: isFixed ? draw(spec.batch, split(data, 0)) : null,
    judge: isFixed ? draw(HELD_OUT, unseen) : null,
    heldOut: isFixed ? null : { stream: unseen, batches: Math.ceil(HELD_OUT / spec.batch) },
    predicted: null,
    lossUnit: 1,
    parts: (parameters) => {
      const part = ({ from, length }: { from: number; length: number }) =>
        parameters.slice(from, from + length);
      return {
        embedding: embedding(dims, features, parameters.slice(0, layout.weights)),
        bias: part(layout.bias),
        readOut: layout.readOut.length > 0 ? embedding(dims, features, part(layout.readOut)) : null,
        outputWeights: layout.outputWeights.length > 0 ? part(layout.outputWeights) : null,
      };
    },
  };
}
