import { performance } from 'node:perf_hooks';
import { firstOrderDefaults, generator, initialParameters, split, version } from '@polysem/core';
import { threadPool } from '@polysem/threads/node';

/** How many threads it can use. */
export const mostThreads = Infinity;

/** Held-out inputs come in batches, of which an instance is judged by so many. */
const heldOutBatches = ({ heldOut, batch }) => Math.ceil(heldOut / batch);

/**
 * Opens a workload in polysem: `steps(count)` gives the seconds of so many whole steps, `train(steps, seed)` each
 * instance's loss on inputs held out.
 */
export async function openPolysem(work, threads) {
  const pool = await threadPool({ threads });
  let begun = new Map();
  let taken = 0;
  return {
    about: { library: 'polysem', version, threads },
    chosen: pool.kernel,
    async steps(count) {
      taken += count;
      const jobs = jobsOf(work, taken, 0, 1);
      const before = performance.now();
      const ended = await pool.run(jobs, { resume: begun });
      const seconds = (performance.now() - before) / 1000;
      // The same models go on in the next block, as those of the peers do.
      begun = new Map(ended.map((progress, k) => [k, { ...progress, stopped: null, loss: null }]));
      return seconds;
    },
    async train(steps, seed) {
      const jobs = jobsOf(work, steps, seed, heldOutBatches(work));
      const ended = await pool.run(jobs);
      // Trained on the notebook's mean over features, told as the sum.
      return ended.map(({ loss }) => loss * work.features);
    },
    close: () => pool.close(),
  };
}

/** One job an instance. The notebook's loss is a mean over features. */
function jobsOf(work, steps, seed, batches) {
  const { features, dims, instances, importance, batch, learningRate } = work;
  const root = generator(seed);
  const model = {
    task: 'compression',
    activation: 'relu',
    features,
    dims,
    importance: importance.map((v) => v / features),
  };
  return work.densities.map((density, k) => {
    const stream = split(root, k);
    return {
      instance: {
        model,
        inputs: { shape: 'uniform-positive', density, unitVariance: false },
        batch,
        optimiser: firstOrderDefaults.adamw,
        learningRate,
        schedule: { shape: 'constant', warmUp: 0 },
        steps,
        clip: null,
        stream: split(stream, 1),
      },
      start: initialParameters(model, { name: 'notebook', instances }, split(stream, 0)),
      record: [],
      stopping: null,
      heldOut: { stream: split(stream, 2), batches },
    };
  });
}
