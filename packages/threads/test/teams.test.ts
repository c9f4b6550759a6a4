import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { capability } from '@polysem/numerics/wasm';
import { childGenerator, generator } from '@polysem/numerics/random';
import { resolveInputs } from '@polysem/core/features';
import { fastestKernel } from '@polysem/engine/kernels';
import {
  inlineExecutor,
  initialParameters,
  type BatchJob,
  type Job,
  type JobProgress,
} from '@polysem/engine/training';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FromWorker } from '../src/messages.ts';
import { openPool } from '../src/node.ts';
import { poolOf } from '../src/pool.ts';
import { threadTeams } from '../src/teams.ts';
import type { WorkerHandle } from '../src/workers.ts';

/** A job with a model that is just large enough for a team. */
function largeJob(steps: number): BatchJob {
  const features = 661;
  const model = {
    task: 'compression',
    activation: 'relu',
    features,
    dims: 100,
    importance: Array.from({ length: features }, () => 1),
  } as const;
  const stream = childGenerator(generator(3), steps);
  return {
    kind: 'batches',
    instance: {
      model,
      inputs: resolveInputs({ shape: 'uniform', density: 0.01, unitVariance: false }, features),
      batch: 400,
      optimiser: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      learningRate: 1e-3,
      schedule: { shape: 'constant', warmUp: 0 },
      steps,
      clip: null,
      stream,
    },
    heldOut: { kind: 'batches', stream: childGenerator(stream, 1), batches: 10 },
    start: initialParameters(model, { name: 'xavier' }, childGenerator(stream, 2)),
    record: [],
    stopping: null,
  };
}

/** A digest of the end of a job. */
function digestOf({ state, loss, lossError, stopped }: JobProgress): string {
  const hash = createHash('sha256').update(new Uint8Array(state.parameters.slice().buffer));
  return hash.update(JSON.stringify([state.step, loss, lossError, stopped])).digest('hex');
}

/** A handle of a worker thread, as in a pool, that a test can end. */
function startWorker(workers: Worker[]): WorkerHandle {
  const worker = new Worker(new URL('../dist/node-worker.js', import.meta.url), {
    execArgv: [],
    workerData: { isWide: false },
  });
  workers.push(worker);
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: (onMessage, onDeath) => {
      worker.on('message', (message: FromWorker) => onMessage(message));
      worker.on('exit', (code) => onDeath(new Error(`the worker ended with code ${code}`)));
    },
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    terminate: () => worker.terminate(),
  };
}

describe.skipIf(capability() === 'none')('threads that train a large model together', () => {
  const job = largeJob(6);
  let expected: string;
  beforeAll(async () => {
    const [alone] = await inlineExecutor(fastestKernel()).run([job]);
    expected = digestOf(alone);
  });

  it.each([2, 3])('give the same bytes on %d threads as in this thread', async (threads) => {
    const pool = await openPool({ threads });
    const one = await pool.run([job]);
    // Two jobs on three threads: one has a helper.
    const two = await pool.run([job, job]);
    await pool.close();
    expect([...one, ...two].map(digestOf)).toEqual([expected, expected, expected]);
  });

  it('continue from what an interrupted run kept, and can be used again', async () => {
    const pool = await openPool({ threads: 2 });
    const kept = new Map<number, JobProgress>();
    const stop = new AbortController();
    const run = pool.run([job], {
      signal: stop.signal,
      onSteps: (_, steps) => (steps >= 2 ? stop.abort(new Error('stopped')) : undefined),
      onCheckpoint: (index, progress) => kept.set(index, structuredClone(progress)),
    });
    await expect(run).rejects.toThrow('stopped');
    const [resumed] = await pool.run([job], { resume: kept });
    await pool.close();
    expect(digestOf(resumed)).toBe(expected);
  });

  it('end with the error of a thread that ends', async () => {
    const workers: Worker[] = [];
    const pool = await poolOf(2, () => startWorker(workers), { makeTeams: threadTeams });
    const endless: Job = largeJob(1_000_000);
    const run = pool.run([endless], {
      onSteps: () => void workers[1].terminate(),
    });
    await expect(run).rejects.toThrow(/ended/);
    await pool.close();
  });
});
