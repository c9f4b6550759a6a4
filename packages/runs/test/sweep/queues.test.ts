/* oxlint-disable no-await-in-loop -- one step after the other */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { whyNot } from '../../../../scripts/engines/find.mjs';
import { starts, type TestServer } from '../../../../scripts/engines/start.mjs';
import type { ExecutorHooks } from '../../src/sweep/executor.ts';
import type { SweepPlan } from '../../src/sweep/plan.ts';
import type { Message } from '../../src/sweep/queue/message-queue.ts';
import { openServer } from '../../src/sweep/queue/open-server.ts';
import { openQueueExecutor } from '../../src/sweep/queue/queue-executor.ts';
import {
  runQueueWorker,
  type QueueWorkerOptions,
  type WorkerEvent,
} from '../../src/sweep/queue/queue-worker.ts';
import { decodeWork, encodeWork } from '../../src/sweep/queue/work-message.ts';
import { cellsOf, computedHere, computer, memoryStore, planOf } from './queue-sweeps.ts';

/**
 * Seconds: short, so that the work of a dead worker comes back soon. On a busy machine a living worker may lose a chunk too,
 * which is then computed twice; so tests with this lease do not count computations exactly.
 */
const LEASE = 0.4;

// A sweep that waits for ever must not hold up all tests.
vi.setConfig({ testTimeout: 120_000 });

describe.each(['redis', 'nats'] as const)('a sweep on %s', (engine) => {
  const reason = whyNot(engine);
  // The reason is in the name, because Vitest prints no other text for skipped tests.
  const test = reason === null ? it : (name: string) => it.skip(`${name} (${reason})`, () => {});
  let server: TestServer;

  beforeAll(async () => {
    if (reason === null) server = await starts[engine]();
  });
  afterAll(async () => {
    await server?.stop();
  });
  // A server that was killed, or a chunk that was sent again, may leave work of one test for the next.
  beforeEach(async () => {
    if (reason !== null) return;
    const client = await openServer(server.url, settings);
    await (await client.work()).remove();
    await client.close();
  });

  const settings = { lease: LEASE, onNote: () => undefined };

  /** Starts a worker in this process; `stop` ends it and returns what it did. */
  const work = (
    pool: QueueWorkerOptions['pool'],
    { idleSeconds = Infinity, lease = LEASE }: { idleSeconds?: number; lease?: number } = {},
  ) => {
    const controller = new AbortController();
    const { signal } = controller;
    const events: WorkerEvent[] = [];
    const onEvent = (event: WorkerEvent): void => void events.push(event);
    const end = runQueueWorker({
      url: server.url,
      pool,
      signal,
      lease,
      idleSeconds,
      onEvent,
    });
    const stop = () => {
      controller.abort();
      return end;
    };
    return { end, events, stop };
  };
  /** Coordinates a sweep until it ends or the signal is aborted. */
  const coordinate = async (
    plan: SweepPlan,
    hooks: Partial<ExecutorHooks>,
    { cells = cellsOf(plan), times = { lease: LEASE, resendSeconds: 0.5 } } = {},
  ) => {
    const executor = await openQueueExecutor({ url: server.url, plan, ...settings, ...times });
    const { signal } = new AbortController();
    const keep = async (): Promise<void> => undefined;
    try {
      await executor.run(cells, { keep, onNote: () => undefined, signal, ...hooks });
    } finally {
      await executor.close();
    }
  };
  /** Takes a message of work. */
  const takeOne = async (): Promise<{ message: Message; close: () => Promise<void> }> => {
    const client = await openServer(server.url, settings);
    const queue = await client.work();
    for (;;) {
      const message = await queue.take(new AbortController().signal);
      if (message !== null) return { message, close: client.close };
    }
  };

  test('computes every cell, with the results of a local run', async () => {
    const plan = planOf(50, 3);
    const store = memoryStore();
    const pools = [computer(), computer()];
    const workers = pools.map((pool) => work(pool));
    await coordinate(plan, { keep: store.keep });
    const ends = await Promise.all(workers.map(({ stop }) => stop()));
    expect(ends.map((end) => end.reason)).toEqual(['stopped', 'stopped']);
    expect(store.kept).toEqual(await computedHere(plan));
    expect(new Set(pools.flatMap(({ computed }) => computed)).size).toBe(50);
  });

  test('gives the chunk of a dead worker to another one', async () => {
    const plan = planOf(12, 4);
    const store = memoryStore();
    const ended = coordinate(plan, { keep: store.keep });
    // Takes a chunk, and never renews it.
    const dead = await takeOne();
    const { stop } = work(computer());
    await ended;
    expect(store.kept).toEqual(await computedHere(plan));
    expect((await stop()).reason).toBe('stopped');
    await dead.close();
  });

  test('goes on when the server restarts', async () => {
    const plan = planOf(40, 5);
    const store = memoryStore();
    const { stop } = work(computer(1));
    let kept = 0;
    await coordinate(plan, {
      keep: async (outcomes) => {
        await store.keep(outcomes);
        kept++;
        if (kept === 3) await server.restart('SIGKILL');
      },
    });
    await stop();
    expect(store.kept).toEqual(await computedHere(plan));
  });

  test('goes on after its coordinator stopped, and does not send again what the queue still has', async () => {
    const plan = planOf(30, 6);
    const store = memoryStore();
    // So long that no busy machine exceeds them: nothing comes back by itself.
    const times = { lease: 120, resendSeconds: 120 };
    const client = await openServer(server.url, { ...settings, ...times });
    const queue = await client.work();
    const waitFor = (chunks: number) => expect.poll(() => queue.waiting()).toBe(chunks);
    // The worker keeps its second chunk until all chunks are sent: a chunk that ended between the two coordinators' looks at
    // the queue of results and the queue of work would be sent again, which is allowed.
    const pool = computer(1);
    let open: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let begun = 0;
    const compute: typeof pool.compute = async (cells, onEnd) => {
      if (begun++ > 0) await gate;
      await pool.compute(cells, onEnd);
    };
    const { stop } = work({ workers: 1, compute }, times);
    // Ten chunks of three cells: the first coordinator sends five, and stops when it has kept one.
    const controller = new AbortController();
    const keep: ExecutorHooks['keep'] = async (outcomes) => {
      await store.keep(outcomes);
      await waitFor(3);
      controller.abort();
    };
    const first = { cells: cellsOf(plan).slice(0, 15), times };
    await coordinate(plan, { signal: controller.signal, keep }, first);
    expect(store.kept.size).toBe(3);
    const cells = cellsOf(plan).filter(({ id }) => !store.kept.has(id));
    const ended = coordinate(plan, { keep: store.keep }, { cells, times });
    await waitFor(8);
    open?.();
    await ended;
    await stop();
    await client.close();
    expect(store.kept).toEqual(await computedHere(plan));
    expect(pool.computed.toSorted()).toEqual(
      cellsOf(plan)
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  test('gives unfinished chunks back when a worker is stopped', async () => {
    const plan = planOf(6, 7);
    const store = memoryStore();
    let begin: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const slow = work({
      workers: 2,
      compute: () => {
        begin?.();
        return new Promise(() => undefined);
      },
    });
    const ended = coordinate(plan, { keep: store.keep });
    await begun;
    expect(await slow.stop()).toEqual({ reason: 'stopped', cells: 0 });
    const { stop } = work(computer());
    await ended;
    await stop();
    expect(store.kept).toEqual(await computedHere(plan));
  });

  test('sends a chunk again that the server has lost', async () => {
    const plan = planOf(3, 8);
    const store = memoryStore();
    const ended = coordinate(plan, { keep: store.keep });
    const thief = await takeOne();
    await thief.message.done();
    await thief.close();
    const { stop } = work(computer());
    await ended;
    await stop();
    expect(store.kept).toEqual(await computedHere(plan));
  });

  test('carries weights that are larger than a message', async () => {
    const plan = planOf(2, 9);
    const weights = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * i) >> 7);
    const received: boolean[] = [];
    const { stop } = work({
      workers: 1,
      compute: async (cells, onEnd) =>
        onEnd(cells.map((cell) => ({ ...cell, result: { values: { loss: NaN }, weights } }))),
    });
    await coordinate(plan, {
      keep: async (outcomes) => {
        for (const outcome of outcomes) {
          if (!('result' in outcome)) throw new Error('a failure');
          expect(outcome.result.values.loss).toBe(NaN);
          received.push(Buffer.from(outcome.result.weights as Uint8Array).equals(weights));
        }
      },
    });
    await stop();
    expect(received).toEqual([true, true]);
  });

  test('leaves work for another version in the queue, says so once, and does its own', async () => {
    const client = await openServer(server.url, settings);
    const queue = await client.work();
    const foreign = encodeWork({ sweep: 'sother', version: '9.9.9', revision: 99, cells: [] });
    await queue.send('sother-0', foreign);
    const plan = planOf(3, 10);
    const store = memoryStore();
    const { events, stop } = work(computer());
    await coordinate(plan, { keep: store.keep });
    await stop();
    expect(store.kept).toEqual(await computedHere(plan));
    const notes = events.flatMap((event) => (event.event === 'note' ? event.message : []));
    expect(notes).toEqual([
      expect.stringMatching(/^left work for polysem 9\.9\.9 \(revision 99\)/),
    ]);
    // Work that it leaves does not keep an idle worker.
    expect((await work(computer(), { idleSeconds: 0.1 }).end).reason).toBe('idle');
    const { message, close } = await takeOne();
    expect(decodeWork(message.body).version).toBe('9.9.9');
    await message.done();
    await close();
    await client.close();
  });

  test('ends with the error of the store, and keeps the result in the queue', async () => {
    const plan = planOf(9, 11);
    const pool = computer();
    const { stop } = work(pool);
    const full = { keep: () => Promise.reject(new Error('disk full')) };
    await expect(coordinate(plan, full)).rejects.toThrow('disk full');
    const store = memoryStore();
    await coordinate(plan, { keep: store.keep });
    await stop();
    expect(store.kept).toEqual(await computedHere(plan));
  });

  test('ends an idle worker', async () => {
    expect((await work(computer(), { idleSeconds: 0.1 }).end).reason).toBe('idle');
  });
});
