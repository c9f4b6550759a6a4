import { resolveInputs, type FeatureInputs } from '@polysem/core/features';
import { predictStep, type KernelName } from '@polysem/engine/kernels';
import { isQuadraticModel } from '@polysem/engine/models';
import type { TrainingSpec } from '@polysem/engine/training';
import type { CellSize, Parameters } from './computation.ts';
import { trainingSpecOf } from './train-parameters.ts';

/** Multiplications from which a cell keeps a journal: some seconds of training. */
const WORTH_JOURNAL: number = 2 ** 34;

/** True if a cell may take so long that an interrupted one should resume. Cheap, because most cells are short. */
export function isLongTraining({
  restarts,
  steps,
  batch = 1,
  features,
  dims,
}: Parameters): boolean {
  const rows = Math.max(batch as number, features as number);
  const perRow = (features as number) * (dims as number) + PER_ROW;
  return (restarts as number) * (steps as number) * rows * perRow >= WORTH_JOURNAL;
}

/** Cost of sampling one row, in multiplications. */
const PER_ROW = 64;

/** Held-out inputs of a cell that trains on batches, as steps without a backward pass. */
const HELD_OUT = 2 ** 17;
/** Typical iterations of L-BFGS until it converges. */
const ITERATIONS = 200;
/** Slowness of the `typescript` kernel compared with WebAssembly. */
const SLOWER = 20;
/** Rough seconds per multiplication in TypeScript. */
const PER_MULTIPLICATION = 5e-10;
/** Rough seconds of a cell and of a restart apart from its steps. */
const PER_CELL = 1e-4;
const PER_RESTART = 5e-5;

function secondsOf(parameters: Parameters, kernel: KernelName): number {
  const spec = trainingSpecOf(parameters, 0);
  return spec.restarts * (secondsOfRestart(spec, kernel) + PER_RESTART) + PER_CELL;
}

function secondsOfRestart(spec: TrainingSpec, kernel: KernelName): number {
  const { model, batch, steps } = spec;
  const { features, dims } = model;
  const isLbfgs = spec.optimiser.name === 'lbfgs';
  if (isLbfgs || spec.loss === 'exact') {
    const products = ((features * (features + 1)) / 2) ** 2;
    const exact = Math.min(products, features * features * dims);
    const sampled = isQuadraticModel(model)
      ? Math.min(products, batch * features * dims)
      : batch * features * dims;
    const iterations = isLbfgs ? Math.min(steps, ITERATIONS) : steps;
    return iterations * (spec.loss === 'exact' ? exact : sampled) * PER_MULTIPLICATION;
  }
  const inputs = resolveInputs(spec.inputs as FeatureInputs, features);
  const predicted = predictStep({ model, inputs, batch });
  const chosen = predicted?.costs.find(({ method }) => method === predicted.method);
  const step =
    chosen === undefined
      ? batch * features * dims * 4 * PER_MULTIPLICATION
      : chosen.nanoseconds * 1e-9;
  const batches = steps + HELD_OUT / batch / 2;
  return batches * step * (kernel === 'typescript' ? SLOWER : 1);
}

/** Rough size of the work and the result of a trained cell. */
export function trainSize(parameters: Parameters, kernel: KernelName): CellSize {
  const [features, dims] = [parameters.features as number, parameters.dims as number];
  const model = 2 * features * dims + 2 * features;
  return {
    seconds: secondsOf(parameters, kernel),
    features,
    weights: model * (1 + ((parameters.history as number | undefined) ?? 0)),
  };
}
