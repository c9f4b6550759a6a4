import { measureCapacity } from '@polysem/core/capacity';
import type { ToyModel } from '@polysem/engine/models';
import { checkTrainingSpec, divergence, usesKernel } from '@polysem/engine/training';
import { architectureOf, type ArchitectureParameters } from '../../parameters/index.ts';
import { encodeTraining } from '../../training-file.ts';
import { runTraining } from '../../training-run.ts';
import type { CellJob, Computation } from './computation.ts';
import { trainMeasurements, type Trained } from './train-measurements.ts';
import { resolveTrain, trainingSpecOf, trainSchema } from './train-parameters.ts';
import { isLongTraining, trainSize } from './train-size.ts';

async function compute(job: CellJob): Promise<Trained> {
  const { parameters, seed, kernel, context } = job;
  const { threads, journal } = context;
  const [result] = await runTraining([trainingSpecOf(parameters, seed)], {
    threads,
    kernel,
    ...(journal !== undefined && isLongTraining(parameters) && { journal }),
  });
  // Training it again would diverge again.
  if (result.best === null) throw new RangeError(divergence(result));
  let known: ReturnType<typeof measureCapacity> | undefined;
  return { result, measured: () => (known ??= measureCapacity(result.embedding)) };
}

/** Parameters on which no default depends. */
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
  size: trainSize,
  compute,
  weights: ({ result }, kernel) => encodeTraining(result, usesKernel(result.spec) ? kernel : null),
};
