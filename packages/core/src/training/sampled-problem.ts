import { embedding } from '../embedding.ts';
import { sampleSparse } from '../features/sparse.ts';
import { batchLoss } from '../models/batch-loss.ts';
import { parameterLayout } from '../models/parameters.ts';
import { split, type Generator } from '../random/generator.ts';
import { initialWeights } from './initialise.ts';
import type { TrainingProblem } from './problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/** Inputs on which all runs of a spec are judged: its standard error is a thousandth of the loss or so. */
const HELD_OUT = 1 << 17;

/**
 * Any toy model, trained on sampled inputs and judged on a common sample that training never sees. Weights start
 * Xavier-normal (Glorot & Bengio 2010), entries of variance 2 / (N + D); biases at 0, free output weights at 1.
 */
export function sampledProblem(spec: TrainingSpec, data: Generator): TrainingProblem {
  const { model, inputs } = spec;
  const { features, dims } = model;
  const layout = parameterLayout(model);
  const lengths = Array.from({ length: features }, () => (2 * dims) / (features + dims));
  const draw = (rows: number, g: Generator) =>
    batchLoss(model, sampleSparse(inputs, features, rows, g));
  return {
    start: (g) => {
      const parameters = new Float64Array(layout.size);
      parameters.set(initialWeights(lengths, dims, g));
      if (layout.readOut.length > 0)
        parameters.set(initialWeights(lengths, dims, g), layout.readOut.from);
      const { from, length } = layout.outputWeights;
      parameters.fill(1, from, from + length);
      return parameters;
    },
    fixed: spec.optimiser === 'lbfgs' ? draw(spec.batch, split(data, 0)) : null,
    batch: (g) => draw(spec.batch, g),
    judge: draw(HELD_OUT, split(data, 1)),
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
