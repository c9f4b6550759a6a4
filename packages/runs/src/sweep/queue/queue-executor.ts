/* oxlint-disable no-await-in-loop -- one message after the other */
import { revision, version } from '@polysem/core/version';
import { elapsedTime } from '@polysem/numerics/clock';
import type { Cell, CellOutcome } from '../cell.ts';
import { chunksOf } from '../chunks.ts';
import type { CellExecutor, ExecutorHooks } from '../executor.ts';
import type { SweepPlan } from '../plan.ts';
import type { Message, MessageQueue, QueueServer } from './message-queue.ts';
import { openServer } from './open-server.ts';
import { partJoiner } from './parts.ts';
import { published, type Published } from './published.ts';
import { renewing } from './renewing.ts';
import { pause, untilAborted } from './until-aborted.ts';
import { decodeOutcomes, encodeWork, MessageError } from './work-message.ts';

/** Most chunks that the queue holds for one sweep. */
const MOST_CHUNKS = 2000;
/** Most results that are being written at once. */
const MOST_RESULTS = 256;
const RESEND_SECONDS = 60;
/** Time after which a user who has started no worker is told how. */
const REMIND_MS = 10_000;
const now = elapsedTime(() => performance.now());

/** Settings of a queue executor. */
export interface QueueExecutorOptions {
  /** Address of the server: `redis://..`, `rediss://..`, `nats://..` or `tls://..`. */
  readonly url: string;
  readonly plan: SweepPlan;
  /** Called with a line when the connection is lost or comes back. */
  readonly onNote: (line: string) => void;
  /** Seconds after which results that a dead coordinator had taken come back (default: 30). */
  readonly lease?: number;
  /** Seconds without a result after which a chunk is sent again, in case the server has lost it (default: 60). */
  readonly resendSeconds?: number;
}

/**
 * An executor whose cells are computed by workers that take them from a queue on a server (see {@link runQueueWorker}). A
 * coordinator that was killed goes on where it was: results wait in the queue, and chunks that the queue still has are not
 * added again.
 *
 * @param options address, plan and callback.
 * @returns the executor.
 * @throws UsageError for a bad address or a missing package; Error if the server cannot be reached.
 *
 * @example
 * ```js
 * import { openQueueExecutor, planSweep } from 'polysem/sweep';
 * const plan = planSweep({ compute: 'allocate', parameters: { importance: [2, 1], kurtosis: 9, dims: 1 } });
 * const opened = openQueueExecutor({ url: 'http://localhost', plan, onNote: console.error });
 * await opened.catch((error) => error.message.slice(0, 35)); // '--queue: not the address of a queue'
 * ```
 */
export async function openQueueExecutor(options: QueueExecutorOptions): Promise<CellExecutor> {
  const { url, plan, onNote, lease, resendSeconds = RESEND_SECONDS } = options;
  const server = await openServer(url, { onNote, ...(lease !== undefined && { lease }) });
  return {
    workers: null,
    run: (cells, hooks) => coordinate({ server, plan, cells, hooks, resendSeconds }),
    close: () => server.close(),
  };
}

interface Coordination {
  readonly server: QueueServer;
  readonly plan: SweepPlan;
  readonly cells: Iterable<Cell>;
  readonly hooks: ExecutorHooks;
  readonly resendSeconds: number;
}

async function coordinate(coordination: Coordination): Promise<void> {
  const { server, plan, cells, hooks, resendSeconds } = coordination;
  // A name that every queue accepts.
  const sweep = `s${plan.identity.slice(0, 32)}`;
  const results = await server.results(sweep, true);
  const work = await server.work();
  const sent = published();
  const ends = new AbortController();
  const signal = AbortSignal.any([ends.signal, hooks.signal]);
  const receiver = openReceiver(results, sent, hooks, signal);
  const remind = async (): Promise<void> => {
    if (sent.size() > 0 && (await work.waiting()) >= sent.size())
      hooks.onNote(
        `no worker has taken a cell yet; start one: polysem sweep worker --queue ${server.address}`,
      );
  };
  const reminder = setTimeout(() => void remind().catch(() => undefined), REMIND_MS);
  try {
    await receiver.drain();
    const received = receiver.run();
    // An error of the receiver ends the publishing, and the other way round.
    received.catch(() => ends.abort());
    const publishing = publish({
      work,
      sweep,
      plan,
      cells,
      sent,
      signal,
      changed: receiver.changed,
    });
    const resending = resend(work, sent, resendSeconds, signal);
    await publishing.finally(() => ends.abort());
    await Promise.all([received, resending]);
  } finally {
    clearTimeout(reminder);
    ends.abort();
    await receiver.close();
  }
  if (!hooks.signal.aborted) await results.remove();
}

interface Publishing {
  readonly work: MessageQueue;
  readonly sweep: string;
  readonly plan: SweepPlan;
  readonly cells: Iterable<Cell>;
  readonly sent: Published;
  readonly signal: AbortSignal;
  /** Resolves when further cells have ended. */
  readonly changed: () => Promise<void>;
}

/** Sends chunks as the queue has room, and waits for their ends. */
async function publish(publishing: Publishing): Promise<void> {
  const { work, sweep, plan, cells, sent, signal, changed } = publishing;
  const room = async (most: number): Promise<void> => {
    while (sent.size() > most && !signal.aborted) await untilAborted(changed(), signal);
  };
  for (const chunk of chunksOf(remaining(cells, sent), plan)) {
    await room(MOST_CHUNKS - 1);
    if (signal.aborted) return;
    const body = encodeWork({ sweep, version, revision, cells: chunk.cells });
    const name = `${sweep}-${chunk.start}`;
    sent.add({ name, body, sentAt: now() }, chunk.cells);
    await untilAborted(work.send(name, body), signal);
  }
  await room(0);
}

/** Cells without a result that came early, from a coordinator before this one. */
function* remaining(cells: Iterable<Cell>, sent: Published): Generator<Cell> {
  for (const cell of cells) if (!sent.takeEarly(cell.id)) yield cell;
}

/** Sends chunks again that have not ended for a while: a server that lost its data has forgotten them. */
async function resend(
  work: MessageQueue,
  sent: Published,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(500 * seconds, signal);
    for (const chunk of sent.chunks()) {
      if (signal.aborted) return;
      if (now() - chunk.sentAt < 1000 * seconds) continue;
      chunk.sentAt = now();
      await untilAborted(work.send(chunk.name, chunk.body), signal);
    }
  }
}

interface Receiver {
  /** Keeps the results that wait in the queue. */
  readonly drain: () => Promise<void>;
  /** Keeps results until the signal is aborted. */
  readonly run: () => Promise<void>;
  readonly changed: () => Promise<void>;
  /** Waits for results at hand, and returns incomplete ones to the queue. */
  readonly close: () => Promise<void>;
}

function openReceiver(
  results: MessageQueue,
  sent: Published,
  hooks: ExecutorHooks,
  signal: AbortSignal,
): Receiver {
  const joiner = partJoiner();
  const leases = renewing(results.lease);
  const keeping = new Set<Promise<void>>();
  let failure: unknown = null;
  let waiters: (() => void)[] = [];
  const changed = (): Promise<void> => new Promise((resolve) => waiters.push(resolve));

  const keep = async (outcomes: readonly CellOutcome[], messages: readonly Message[]) => {
    try {
      await hooks.keep(outcomes);
      sent.end(outcomes.map(({ id }) => id));
      await Promise.all(messages.map((message) => message.done()));
    } catch (error) {
      failure ??= error;
      await Promise.all(messages.map((message) => message.giveBack()));
    } finally {
      messages.forEach(leases.remove);
      for (const wake of waiters.splice(0)) wake();
    }
  };
  /** Takes a message and begins to keep its result; false if there was none. */
  const step = async (): Promise<boolean> => {
    const message = await results.take(signal);
    if (message === null) return false;
    leases.add(message);
    const whole = joinedOutcomes(joiner.add, message, hooks.onNote);
    if (whole === 'incomplete') return true;
    if (whole === 'unreadable') {
      leases.remove(message);
      await message.done();
      return true;
    }
    const kept = keep(whole.outcomes, whole.messages).finally(() => keeping.delete(kept));
    keeping.add(kept);
    return true;
  };
  // A store that fails stops the sweep too, and reports its error.
  const throwFailure = (): void => {
    if (failure !== null && !hooks.signal.aborted) throw failure;
  };
  return {
    drain: async () => {
      while (!signal.aborted && (await results.waiting()) > 0 && (await step())) throwFailure();
      await Promise.all(keeping);
      throwFailure();
    },
    run: async () => {
      while (!signal.aborted) {
        await step();
        if (keeping.size >= MOST_RESULTS) await Promise.race(keeping);
        throwFailure();
      }
    },
    changed,
    close: async () => {
      await Promise.all(keeping);
      await Promise.all(joiner.held().map((message) => message.giveBack()));
      leases.close();
      throwFailure();
    },
  };
}

function joinedOutcomes(
  join: ReturnType<typeof partJoiner>['add'],
  message: Message,
  onNote: (line: string) => void,
):
  | { readonly outcomes: readonly CellOutcome[]; readonly messages: readonly Message[] }
  | 'incomplete'
  | 'unreadable' {
  try {
    const whole = join(message);
    if (whole === null) return 'incomplete';
    return { outcomes: decodeOutcomes(whole.bytes), messages: whole.messages };
  } catch (error) {
    if (!(error instanceof MessageError || error instanceof RangeError)) throw error;
    onNote(`a result was discarded: ${error.message}; its cells are computed again`);
    return 'unreadable';
  }
}
