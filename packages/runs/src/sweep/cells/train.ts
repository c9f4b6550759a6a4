import { measureCapacity } from '@polysem/core/capacity';
import { resolveInputs, type FeatureInputs } from '@polysem/core/features';
import { predictStep, type KernelName } from '@polysem/engine/kernels';
import { isQuadraticModel, type ToyModel } from '@polysem/engine/models';
import {
  checkTrainingSpec,
  divergence,
  usesKernel,
  type TrainingSpec,
} from '@polysem/engine/training';
import { architectureOf, type ArchitectureParameters } from '../../parameters/index.ts';
import { encodeTraining } from '../../training-file.ts';
import { runTraining } from '../../training-run.ts';
import type { CellJob, CellSize, Computation, Parameters } from './computation.ts';
import { trainMeasurements, type Trained } from './train-measurements.ts';
import { resolveTrain, trainingSpecOf, trainSchema } from './train-parameters.ts';

/** Seconds from which a cell keeps a journal. */
const WORTH_JOURNAL = 5;

async function compute(job: CellJob): Promise<Trained> {
  const { parameters, seed, kernel, context } = job;
  const { threads, journal } = context;
  const isLong = journal !== undefined && secondsOf(parameters, kernel) >= WORTH_JOURNAL;
  const [result] = await runTraining([trainingSpecOf(parameters, seed)], {
    threads,
    kernel,
    ...(isLong && { journal }),
  });
  // Training it again would diverge again.
  if (result.best === null) throw new RangeError(divergence(result));
  let known: ReturnType<typeof measureCapacity> | undefined;
  return { result, measured: () => (known ??= measureCapacity(result.embedding)) };
}

/** Held-out inputs of a cell that trains on batches, as steps without a backward pass. */
const HELD_OUT = 2 ** 17;
/** Typical iterations of L-BFGS until it converges. */
const ITERATIONS = 200;
/** Slowness of the `typescript` kernel compared with WebAssembly. */
const SLOWER = 20;
/** Rough seconds per multiplication in TypeScript. */
const PER_MULTIPLICATION = 1.5e-9;

function secondsOf(parameters: Parameters, kernel: KernelName): number {
  const spec = trainingSpecOf(parameters, 0);
  return spec.restarts * secondsOfRestart(spec, kernel) + 3e-4;
}

function secondsOfRestart(spec: TrainingSpec, kernel: KernelName): number {
  const { model, batch, steps } = spec;
  const { features, dims } = model;
  if (spec.optimiser.name === 'lbfgs') {
    const products = ((features * (features + 1)) / 2) ** 2;
    const exact = Math.min(products, features * features * dims);
    const sampled = isQuadraticModel(model)
      ? Math.min(products, batch * features * dims)
      : batch * features * dims;
    const iterations = Math.min(steps, ITERATIONS);
    return iterations * (spec.loss === 'exact' ? exact : sampled) * PER_MULTIPLICATION + 1e-4;
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

function sizeOf(parameters: Parameters, kernel: KernelName): CellSize {
  const [features, dims] = [parameters.features as number, parameters.dims as number];
  const model = 2 * features * dims + 2 * features;
  return {
    seconds: secondsOf(parameters, kernel),
    features,
    weights: model * (1 + ((parameters.history as number | undefined) ?? 0)),
  };
}

const FREE: ReadonlySet<string> = new Set([
  'dims',
  'importance',
  'density',
  'learningRate',
  'momentum',
  'weightDecay',
  'clip',
  'warmUp',
  'steps',
  'restarts',
  'history',
  'instances',
]);

/** A toy model, trained as by `polysem train`. */
export const train: Computation<Trained> = {
  name: 'train',
  description: 'A toy model, trained from random initial weights; the best of its restarts.',
  schema: trainSchema,
  measurements: trainMeasurements,
  usual: ['loss', 'lossError', 'gap', 'totalCapacity', 'featuresRepresented', 'capacity'],
  free: FREE,
  resolve: resolveTrain,
  check: (parameters) => void checkTrainingSpec(trainingSpecOf(parameters, 0)),
  model: (parameters) => {
    const spec = trainingSpecOf(parameters, 0);
    return usesKernel(spec)
      ? (architectureOf(parameters as ArchitectureParameters) as ToyModel)
      : null;
  },
  size: sizeOf,
  compute,
  weights: ({ result }, kernel) => encodeTraining(result, usesKernel(result.spec) ? kernel : null),
};
