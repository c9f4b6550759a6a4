import { elapsedTime } from '@polysem/numerics/clock';
import { train as trainModel } from '@polysem/engine/training';
import { chooseKernel } from '../../executor.ts';
import { train } from '../cells/train.ts';
import { trainingSpecOf } from '../cells/train-parameters.ts';

/** A training that takes milliseconds. */
const SHORT = {
  task: 'compression',
  activation: 'relu',
  features: 20,
  dims: 5,
  importance: '0.9^i',
  density: 0.3,
  steps: 100,
  restarts: 1,
};

let known: number | null = null;

/**
 * Slowness of this machine, compared with the one on which the cost model of the kernels was measured: a short training is
 * timed, once per process, after its kernel is compiled. For estimates shown to users only; results and shards do not depend
 * on it.
 *
 * @returns measured time divided by predicted time.
 */
export function machineSlowness(): number {
  if (known !== null) return known;
  const kernel = chooseKernel('auto');
  const parameters = train.resolve(SHORT);
  const spec = trainingSpecOf(parameters, 0);
  const clock = elapsedTime(() => performance.now());
  const times = [0, 1, 2].map(() => {
    const start = clock();
    trainModel(spec, { kernel });
    return clock() - start;
  });
  const predicted = 1000 * train.size(parameters, kernel.name).seconds;
  // The first run compiles.
  known = Math.min(...times.slice(1)) / predicted;
  return known;
}
