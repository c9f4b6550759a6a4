/* oxlint-disable no-await-in-loop -- one message after the other */
import { revision, version } from '@polysem/core/version';
import { elapsedTime } from '@polysem/numerics/clock';
import type { CellOutcome } from '../cell.ts';
import type { CellPool } from '../pool/cell-pool.ts';
import type { Message, MessageQueue, QueueServer } from './message-queue.ts';
import { openServer } from './open-server.ts';
import { splitResult } from './parts.ts';
import { renewing } from './renewing.ts';
import { pause, untilAborted } from './until-aborted.ts';
import { decodeWork, encodeOutcomes, MessageError, type Work } from './work-message.ts';

/** Deliveries of a chunk after which its cells are failures: each time, the worker ended without a result. */
const MOST_DELIVERIES = 10;
/** Pause of a worker that finds only work for other versions. */
const FOREIGN_PAUSE_MS = 500;

/** Something that a worker did. */
export type WorkerEvent =
  | { readonly event: 'note'; readonly message: string }
  | {
      readonly event: 'chunk';
      readonly sweep: string;
      readonly cells: number;
      readonly failed: number;
    };

/** Settings of a worker. */
export interface QueueWorkerOptions {
  /** Address of the server: `redis://..`, `rediss://..`, `nats://..` or `tls://..`. */
  readonly url: string;
  /** Computes the cells. The caller closes it, when the signal is aborted at the latest. */
  readonly pool: Pick<CellPool, 'workers' | 'compute'>;
  readonly onEvent: (event: WorkerEvent) => void;
  /** Aborted to stop the worker, which gives unfinished chunks back. */
  readonly signal: AbortSignal;
  /** Seconds without work after which the worker ends (default: never). */
  readonly idleSeconds?: number;
  /** Seconds after which the work of a worker that died goes to another one (default: 30). */
  readonly lease?: number;
}

/** The end of a worker. */
export interface WorkerEnd {
  readonly reason: 'stopped' | 'idle';
  /** Number of cells computed. */
  readonly cells: number;
}

/**
 * Computes cells from a queue until it is stopped. A worker that dies loses nothing: its chunks go to another worker when
 * their lease ends.
 *
 * @param options address, pool, callbacks and limits.
 * @returns why the worker ended.
 * @throws UsageError for a bad address or a missing package; Error if the server cannot be reached.
 *
 * @example
 * ```js
 * import { openCellPool, runQueueWorker } from 'polysem/sweep';
 * const pool = openCellPool({ workers: 2, folder: '.', unfinished: null });
 * const { signal } = new AbortController();
 * const ended = runQueueWorker({ url: 'redis://localhost/db', pool, onEvent: console.error, signal });
 * await ended.catch((error) => error.name); // 'UsageError'
 * ```
 */
export async function runQueueWorker(options: QueueWorkerOptions): Promise<WorkerEnd> {
  const { url, lease, onEvent } = options;
  const server = await openServer(url, {
    onNote: (message) => onEvent({ event: 'note', message }),
    ...(lease !== undefined && { lease }),
  });
  try {
    return await takeWork(server, options);
  } finally {
    await server.close();
  }
}

async function takeWork(server: QueueServer, options: QueueWorkerOptions): Promise<WorkerEnd> {
  const { pool, onEvent, signal, idleSeconds = Infinity } = options;
  const work = await server.work();
  const chunks = openChunks(server, work.lease, options);
  const refuse = openRefusal(work, options);
  let reason: WorkerEnd['reason'] = 'stopped';
  try {
    while (!signal.aborted && reason === 'stopped') {
      if (chunks.size() >= pool.workers) {
        await untilAborted(chunks.oneEnded(), signal);
        continue;
      }
      const message = await work.take(signal);
      chunks.throwFailure();
      let isNothingToDo = message === null;
      if (message !== null) {
        const chunk = await readable(message, onEvent);
        if (chunk === null) continue;
        if (chunk.version === version && chunk.revision === revision) chunks.begin(message, chunk);
        else isNothingToDo = await refuse(message, chunk);
      }
      if (isNothingToDo && chunks.idleSeconds() >= idleSeconds) reason = 'idle';
    }
    while (chunks.size() > 0 && !signal.aborted) await untilAborted(chunks.oneEnded(), signal);
    chunks.throwFailure();
  } finally {
    await chunks.giveBack();
  }
  return { reason: signal.aborted ? 'stopped' : reason, cells: chunks.cells() };
}

/** The chunks that a worker has taken. */
interface TakenChunks {
  readonly begin: (message: Message, chunk: Work) => void;
  readonly size: () => number;
  /** Number of cells computed. */
  readonly cells: () => number;
  /** Resolves when a chunk has ended. */
  readonly oneEnded: () => Promise<void>;
  /** Seconds since the last chunk ended; 0 while one is being computed. */
  readonly idleSeconds: () => number;
  readonly throwFailure: () => void;
  /** Returns unfinished chunks to the queue. */
  readonly giveBack: () => Promise<void>;
}

function openChunks(
  server: QueueServer,
  lease: number,
  { pool, onEvent, signal }: QueueWorkerOptions,
): TakenChunks {
  const leases = renewing(lease);
  const outbox = openOutbox(server);
  const taken = new Map<Message, Promise<void>>();
  let cells = 0;
  const now = elapsedTime(() => performance.now());
  let lastEnd = now();
  let failure: unknown = null;

  const compute = async (message: Message, chunk: Work): Promise<void> => {
    const isAbandoned = message.attempt > MOST_DELIVERIES;
    const outcomes = isAbandoned ? abandoned(chunk, message.attempt - 1) : [];
    if (!isAbandoned) await pool.compute(chunk.cells, (some) => outcomes.push(...some));
    // The chunk has gone back to the queue.
    if (signal.aborted) return;
    await outbox.send(chunk.sweep, outcomes);
    await message.done();
    taken.delete(message);
    cells += outcomes.length;
    const failed = outcomes.filter((outcome) => 'failure' in outcome).length;
    onEvent({ event: 'chunk', sweep: chunk.sweep, cells: outcomes.length, failed });
  };
  return {
    begin: (message, chunk) => {
      leases.add(message);
      const computed = compute(message, chunk)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => {
          leases.remove(message);
          lastEnd = now();
        });
      taken.set(message, computed);
    },
    size: () => taken.size,
    cells: () => cells,
    oneEnded: async () => {
      await Promise.race(taken.values());
      if (failure !== null) throw failure;
    },
    idleSeconds: () => (taken.size > 0 ? 0 : (now() - lastEnd) / 1000),
    throwFailure: () => {
      if (failure !== null) throw failure;
    },
    giveBack: async () => {
      leases.close();
      await Promise.all([...taken.keys()].map((message) => message.giveBack()));
    },
  };
}

/** Reads a chunk. A message that cannot be read is discarded: the coordinator sends its chunk again. */
async function readable(
  message: Message,
  onEvent: QueueWorkerOptions['onEvent'],
): Promise<Work | null> {
  try {
    return decodeWork(message.body);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    onEvent({ event: 'note', message: `a message was discarded: ${error.message}` });
    await message.done();
    return null;
  }
}

/**
 * Returns a function that puts a chunk for another version of polysem at the end of the queue, for other workers. Says so
 * once per version. When only such chunks are left, it waits and returns true.
 */
function openRefusal(
  work: MessageQueue,
  { onEvent, signal }: QueueWorkerOptions,
): (message: Message, chunk: Work) => Promise<boolean> {
  const versions = new Set<string>();
  let seen = new Set<string>();
  return async (message, chunk) => {
    const other = `polysem ${chunk.version} (revision ${chunk.revision})`;
    const own = `${version} (revision ${revision})`;
    if (!versions.has(other))
      onEvent({
        event: 'note',
        message: `left work for ${other} in the queue, because this worker is ${own}; start a worker of that version`,
      });
    versions.add(other);
    // As a new message, so that it does not count as an attempt.
    await message.done();
    await work.send(message.name, message.body);
    const isOnly = seen.has(message.name);
    if (isOnly) {
      seen = new Set();
      await pause(FOREIGN_PAUSE_MS, signal);
    }
    seen.add(message.name);
    return isOnly;
  };
}

/** The failures of a chunk that ended the worker each time. */
function abandoned({ cells }: Work, attempts: number): CellOutcome[] {
  return cells.map(({ index, id }) => ({
    index,
    id,
    failure: {
      kind: 'retryable',
      message: `${attempts} workers took this cell and ended without a result`,
    },
  }));
}

/** Sends results to the queues of their sweeps. */
function openOutbox(server: QueueServer): {
  readonly send: (sweep: string, outcomes: readonly CellOutcome[]) => Promise<void>;
} {
  const queues = new Map<string, Promise<MessageQueue>>();
  return {
    send: async (sweep, outcomes) => {
      const queue = queues.get(sweep) ?? server.results(sweep, false);
      queues.set(sweep, queue);
      const results = await queue;
      for (const { name, body } of splitResult(encodeOutcomes(outcomes), server.mostBytes))
        // A sweep whose queue has been removed has ended.
        if (!(await results.send(name, body))) return;
    },
  };
}
