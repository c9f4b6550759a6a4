import { performance } from 'node:perf_hooks';
import { version } from '@polysem/core';
import { resolveInputs } from '@polysem/core/features';
import { initialParameters } from '@polysem/engine/training';
import { generator, childGenerator } from '@polysem/numerics/random';
import { openPool } from '@polysem/threads/node';
import { milliseconds, table } from './table.mjs';
import { trainingPeers, workerEnvironment } from './training/environment.mjs';
import { startWorker } from './worker.mjs';

/** Large models: features, dimensions, steps before the clock starts, and steps of a timed group. */
const WORKS = [
  { name: '1000-100', features: 1000, dims: 100, before: 100, group: 40 },
  { name: '4000-200', features: 4000, dims: 200, before: 60, group: 8 },
  { name: '10240-500', features: 10_240, dims: 500, before: 40, group: 3 },
];
const THREADS = [1, 2];
const BATCH = 2048;
/** Mean number of active features per row. */
const ACTIVE = 8;
const LEARNING_RATE = 1e-3;

/**
 * Times steps of one large model with densities in proportion to 1 / i, in polysem and in JAX, whose products are dense. The
 * first steps, when most outputs are not clipped, take polysem longer; they are timed separately.
 */
export async function benchLarge({ runs, quick, work: names, progress }) {
  const unknown = names?.find((name) => WORKS.every((work) => work.name !== name));
  if (unknown !== undefined)
    throw new RangeError(`work: must be among ${WORKS.map(({ name }) => name).join(', ')}`);
  const works = WORKS.filter(({ name }) =>
    names ? names.includes(name) : !quick || name !== '10240-500',
  );
  const { 'jax-large': jax } = await trainingPeers(['jax-large'], progress);
  const rows = [];
  /* oxlint-disable no-await-in-loop -- one at a time, because they are timed */
  for (const work of works) {
    for (const threads of THREADS) {
      progress(`large: ${work.name}, ${threads} thread${threads === 1 ? '' : 's'}`);
      const own = await openOwn(work, threads);
      const peer = jax && (await openPeer(jax, work, threads));
      try {
        rows.push({ work: work.name, threads, ...(await timeRow(work, own, peer, runs)) });
      } finally {
        await own.close();
        await peer?.close();
      }
    }
  }
  /* oxlint-enable no-await-in-loop */
  return { version, batch: BATCH, active: ACTIVE, rows, failures: [] };
}

/** Takes the first steps, then times groups of both sides in turn. */
async function timeRow({ before, group }, own, peer, runs) {
  const first = await own.steps(before);
  const times = [];
  const peers = [];
  for (let run = 0; run < runs; run++) {
    // oxlint-disable-next-line no-await-in-loop -- in turn, because they are timed
    times.push(await own.steps(group));
    // oxlint-disable-next-line no-await-in-loop
    if (peer) peers.push((await peer.steps(group)) / group);
  }
  const [seconds, peerSeconds] = [times, peers].map(median);
  return {
    first,
    seconds,
    ...(peer && {
      jax: peerSeconds,
      chosen: peer.chosen,
      variants: peer.variants,
      ratio: peerSeconds / seconds,
    }),
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Densities p_i = min(1, c / i) whose sum is the mean number of active features. */
function densitiesOf(features) {
  let [low, high] = [0, features];
  for (let k = 0; k < 60; k++) {
    const c = (low + high) / 2;
    let sum = 0;
    for (let i = 1; i <= features; i++) sum += Math.min(1, c / i);
    if (sum < ACTIVE) low = c;
    else high = c;
  }
  return Array.from({ length: features }, (_, i) => Math.min(1, low / (i + 1)));
}

function distributionOf(density) {
  return { shape: 'uniform-positive', unitVariance: false, density };
}

/** A pool that trains the model. `steps` takes steps and gives the seconds per step, without start and end of the run. */
async function openOwn({ features, dims }, threads) {
  const pool = await openPool({ threads });
  const model = {
    task: 'compression',
    activation: 'relu',
    features,
    dims,
    importance: Array.from({ length: features }, () => 1),
  };
  const job = {
    kind: 'batches',
    instance: {
      model,
      inputs: resolveInputs(densitiesOf(features).map(distributionOf), features),
      batch: BATCH,
      optimiser: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      learningRate: LEARNING_RATE,
      schedule: { shape: 'constant', warmUp: 0 },
      steps: 1e9,
      clip: null,
      stream: childGenerator(generator(0), 0),
    },
    heldOut: null,
    start: initialParameters(model, { name: 'xavier' }, childGenerator(generator(0), 1)),
    record: [],
    stopping: null,
  };
  let progress;
  return {
    close: () => pool.close(),
    steps: async (count) => {
      const stop = new AbortController();
      const times = [];
      const run = pool.run([job], {
        signal: stop.signal,
        checkpointSeconds: Infinity,
        ...(progress && { resume: new Map([[0, progress]]) }),
        onSteps: (_, step) => {
          times.push({ step, at: performance.now() });
          if (step - times[0].step >= count) stop.abort('enough');
        },
        onCheckpoint: (_, kept) => (progress = kept),
      });
      await run.catch((reason) => {
        if (reason !== 'enough') throw reason;
      });
      const last = times.findLast(({ step }) => step > times[0].step);
      return (last.at - times[0].at) / (last.step - times[0].step) / 1000;
    },
  };
}

async function openPeer({ program, words }, { features, dims }, threads) {
  const { ask, stop, ended } = startWorker(
    'jax',
    program,
    [...words, String(threads)],
    workerEnvironment(),
  );
  const work = {
    features,
    dims,
    batch: BATCH,
    densities: densitiesOf(features),
    learningRate: LEARNING_RATE,
  };
  const { chosen, variants } = await ask({ request: 'open', work });
  return {
    chosen,
    variants,
    steps: async (count) => (await ask({ request: 'steps', count })).seconds,
    close: () => {
      stop();
      return ended;
    },
  };
}

/** Formats a result of `benchLarge` as a table. */
export function describeLarge({ rows, batch, active }) {
  return table(
    `One large model, batch ${batch}, densities in proportion to 1 / i, about ${active} active features: ms per step (median)`,
    ['model', 'threads', 'polysem, first steps', 'polysem', 'JAX', 'variant', 'times as fast'],
    rows.map(({ work, threads, first, seconds, jax, chosen, ratio }) => [
      work,
      threads,
      milliseconds(first),
      milliseconds(seconds),
      milliseconds(jax) || '-',
      chosen ?? '-',
      ratio === undefined ? '-' : `${ratio.toFixed(2)}x`,
    ]),
  );
}
