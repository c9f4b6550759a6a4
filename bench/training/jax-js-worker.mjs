// Worker of jax-js on its WebAssembly backend, with the protocol of the Python workers: node jax-js-worker.mjs FOLDER
// FOLDER is the URL of the package. jax-js needs Web Workers for more threads, so it has one thread in Node.
//
// jax-js counts references to arrays: a function consumes its arguments, and `.ref` keeps an array for another use.

import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { createInterface } from 'node:readline';

const [folder] = process.argv.slice(2);
const { version, module } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'));
const jax = await import(new URL(module, folder));
const { blockUntilReady, defaultDevice, grad, init, jit, nn, numpy: np, random } = jax;

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const DECAY = 0.01;
/** Largest time per step, in seconds; slower workloads are skipped. */
const SLOWEST_STEP = 20;

await init('wasm');
defaultDevice('wasm');
let trainer;

/** Inputs as (batch, instances, features), the notebook's layout; consumes both keys. */
function sample([valueKey, activeKey], densities, { batch, instances, features }) {
  const shape = [batch, instances, features];
  const active = random.uniform(activeKey, shape).lessEqual(densities);
  return np.where(active, random.uniform(valueKey, shape), 0);
}

/** einsum takes axis numbers here: its parser of letters needs a newer Node than polysem. */
function errors(w, b, x, importance) {
  const hidden = np.einsum(x.ref, [0, 1, 2], w.ref, [1, 2, 3], [0, 1, 3]);
  const out = nn.relu(np.einsum(hidden, [0, 1, 3], w, [1, 2, 3], [0, 1, 2]).add(b));
  return importance.mul(np.square(np.abs(x).sub(out)));
}

function splitKey(key, count) {
  const keys = random.split(key, count);
  const each = Array.from({ length: count }, (_, i) => keys.ref.slice(i));
  keys.dispose();
  return each;
}

function makeTrainer(work) {
  const { features, dims, instances, learningRate: rate } = work;
  const densities = np.array(Float32Array.from(work.densities)).reshape([instances, 1]);
  const importance = np.array(Float32Array.from(work.importance));

  const lossOf = (w, b, x, v) => np.sum(np.mean(errors(w, b, x, v), [0, 2]));
  const gradient = grad(lossOf, { argnums: [0, 1] });

  // Many parameters because it takes four arrays and two corrections, as in the paper.
  const adamw = (p, m, v, g, correction1, correction2) => {
    const first = m.mul(BETA1).add(g.ref.mul(1 - BETA1));
    const second = v.mul(BETA2).add(np.square(g).mul(1 - BETA2));
    const size = np.sqrt(second.ref.div(correction2)).add(EPSILON);
    const update = first.ref.div(correction1).div(size);
    return [p.mul(1 - rate * DECAY).sub(update.mul(rate)), first, second];
  };

  const step = jit((w, b, mw, mb, vw, vb, taken, key, p, v) => {
    const [next, ...keys] = splitKey(key, 3);
    const x = sample(keys, p, work);
    const [gw, gb] = gradient(w.ref, b.ref, x, v);
    const count = taken.add(1);
    const correction1 = np.subtract(1, np.exp(count.ref.mul(Math.log(BETA1))));
    const correction2 = np.subtract(1, np.exp(count.ref.mul(Math.log(BETA2))));
    const [w1, mw1, vw1] = adamw(w, mw, vw, gw, correction1.ref, correction2.ref);
    const [b1, mb1, vb1] = adamw(b, mb, vb, gb, correction1, correction2);
    return [w1, b1, mw1, mb1, vw1, vb1, count, next];
  });

  const evaluate = jit((w, b, key, p, v) =>
    np.mean(np.sum(errors(w, b, sample(splitKey(key, 2), p, work), v), [2]), [0]),
  );

  let state = [];
  let heldOut;
  const start = (seed) => {
    for (const array of state) array.dispose();
    heldOut?.dispose();
    const [weights, batches, evaluation] = splitKey(random.key(seed), 3);
    heldOut = evaluation;
    const shape = [instances, features, dims];
    const zeros = () => [np.zeros(shape), np.zeros([instances, features])];
    const w = random.normal(weights, shape).mul(work.deviation);
    state = [w, np.zeros([instances, features]), ...zeros(), ...zeros(), np.array(0), batches];
  };

  const steps = async (count) => {
    for (let s = 0; s < count; s++) state = step(...state, densities.ref, importance.ref);
    await blockUntilReady(state);
  };

  return {
    start,
    steps,
    async train(count, seed) {
      start(seed);
      await steps(count);
      const [w, b] = state;
      const blocks = Math.ceil(work.heldOut / work.batch);
      const total = new Float64Array(instances);
      for (let block = 0; block < blocks; block++) {
        const [key, next] = splitKey(heldOut, 2);
        heldOut = next;
        const losses = evaluate(w.ref, b.ref, key, densities.ref, importance.ref);
        // oxlint-disable-next-line no-await-in-loop -- one after another, because each takes memory
        const data = await losses.data();
        for (let k = 0; k < instances; k++) total[k] += data[k] / blocks;
      }
      return Array.from(total);
    },
  };
}

async function timed(count) {
  const begun = performance.now();
  await trainer.steps(count);
  return (performance.now() - begun) / 1000;
}

const REQUESTS = {
  about: () => ({ library: 'jax-js', version, backend: defaultDevice(), threads: 1 }),
  async open({ work }) {
    trainer = makeTrainer(work);
    trainer.start(0);
    await timed(1);
    const seconds = await timed(1);
    if (seconds > SLOWEST_STEP) throw new Error(`a step takes ${seconds.toFixed(0)} s`);
    return { chosen: `${defaultDevice()} backend, jit of the whole step`, variants: {} };
  },
  async steps({ count }) {
    const before = process.cpuUsage();
    const seconds = await timed(count);
    const { user, system } = process.cpuUsage(before);
    return { seconds, busy: (user + system) / 1e6 };
  },
  train: async ({ steps, seed }) => ({ losses: await trainer.train(steps, seed) }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { request, ...rest } = JSON.parse(line);
  let answer;
  try {
    answer = await REQUESTS[request](rest);
  } catch (error) {
    answer = { error: `${error.name}: ${error.message.split('\n')[0]}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
