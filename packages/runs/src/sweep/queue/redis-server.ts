import { randomUUID } from 'node:crypto';
import { loadOptional } from './load-optional.ts';
import {
  DEFAULT_LEASE,
  type Message,
  type MessageQueue,
  type QueueServer,
  type ServerSettings,
} from './message-queue.ts';
import type {
  BullJob,
  BullModule,
  BullQueue,
  BullWorker,
  RedisConnection,
  RedisModule,
} from './redis-packages.ts';
import type { ServerAddress } from './server-address.ts';
import { pause, untilAborted } from './until-aborted.ts';

/** Redis holds values of 512 MiB; smaller ones keep it responsive. */
const MOST_BYTES = 4 * 2 ** 20;
const WORK = 'polysem-work';
const CONNECT_MS = 5000;
/** Longest pause between two attempts to connect again. */
const MOST_PAUSE_MS = 2000;
const RETRY_MS = 500;
/** Time to say goodbye to a server, which may have gone. */
const CLOSE_MS = 500;

/**
 * Connects to Redis. Queues are BullMQ queues: a job per message, with the body as its data in base64.
 *
 * @param address the address.
 * @param settings lease and callback.
 * @returns the server.
 * @throws UsageError if a package is missing; Error if the server cannot be reached.
 */
export async function openRedis(
  address: ServerAddress,
  { lease = DEFAULT_LEASE, onNote }: ServerSettings,
): Promise<QueueServer> {
  const bull = await loadOptional<BullModule>('bullmq', () => import('bullmq' as string));
  const { Redis } = await loadOptional<RedisModule>('ioredis', () => import('ioredis' as string));
  const connections: RedisConnection[] = [];
  const connect = async (): Promise<RedisConnection> => {
    const state = { isConnected: false };
    const connection = new Redis(optionsOf(address, state));
    connections.push(connection);
    await firstConnection(connection, address);
    state.isConnected = true;
    return connection;
  };
  let main: RedisConnection;
  try {
    main = await connect();
  } catch (error) {
    for (const connection of connections) connection.disconnect();
    throw error;
  }
  reportConnection(main, address, onNote);
  const context: RedisContext = { bull, main, connect, lease, ends: [] };
  return {
    address: address.shown,
    mostBytes: MOST_BYTES,
    work: async () => openQueue(context, WORK, null),
    results: async (sweep, create) => {
      const name = `polysem-results-${sweep}`;
      const key = `polysem:${name}`;
      if (create) await main.set(key, '1');
      return openQueue(context, name, key);
    },
    close: async () => {
      await Promise.race([Promise.allSettled(context.ends.map((end) => end())), pause(CLOSE_MS)]);
      for (const connection of connections) connection.disconnect();
    },
  };
}

function optionsOf(
  { host, port, user, password, database, tls }: ServerAddress,
  state: { readonly isConnected: boolean },
) {
  return {
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    db: database,
    ...(tls && { tls: {} }),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // BullMQ requires it: commands wait until the server is back.
    maxRetriesPerRequest: null,
    // Without a server at the start, ioredis would retry for ever.
    retryStrategy: (times: number) =>
      state.isConnected ? Math.min(100 * times, MOST_PAUSE_MS) : null,
  };
}

/** Waits for the first connection. */
async function firstConnection(
  connection: RedisConnection,
  { shown }: ServerAddress,
): Promise<void> {
  let reason = 'no answer';
  connection.on('error', (error) => {
    reason = error.message || reason;
  });
  try {
    await connection.connect();
  } catch (error) {
    connection.disconnect();
    const { message } = error as Error;
    throw new Error(
      `${shown}: cannot connect to Redis: ${message === 'Connection is closed.' ? reason : message}`,
      { cause: error },
    );
  }
}

function reportConnection(
  connection: RedisConnection,
  { shown }: ServerAddress,
  onNote: (line: string) => void,
): void {
  let isLost = false;
  connection.on('reconnecting', () => {
    if (!isLost) onNote(`${shown}: connection lost; connecting again`);
    isLost = true;
  });
  connection.on('ready', () => {
    if (isLost) onNote(`${shown}: connected again`);
    isLost = false;
  });
}

interface RedisContext {
  readonly bull: BullModule;
  readonly main: RedisConnection;
  readonly connect: () => Promise<RedisConnection>;
  readonly lease: number;
  /** Functions that close queues and workers. */
  readonly ends: (() => Promise<unknown>)[];
}

/**
 * Opens a BullMQ queue.
 *
 * @param name its name.
 * @param mark key that exists while the queue is in use; null if it always is.
 */
function openQueue(context: RedisContext, name: string, mark: string | null): MessageQueue {
  const { bull, main, lease, ends } = context;
  const queue: BullQueue = new bull.Queue(name, {
    connection: main,
    streams: { events: { maxLen: 100 } },
  });
  // The connection reports its own errors.
  queue.on('error', () => undefined);
  ends.push(() => queue.close());
  let worker: Promise<BullWorker> | null = null;
  const isRemoved = async (): Promise<boolean> => mark !== null && (await main.exists(mark)) === 0;
  return {
    lease,
    send: async (id, body) => {
      if (await isRemoved()) return false;
      const data = Buffer.from(body).toString('base64');
      await queue.add('cells', data, { jobId: id, removeOnComplete: true });
      return true;
    },
    take: async (signal) => {
      worker ??= openWorker(context, name);
      return takeJob(await worker, lease, signal);
    },
    waiting: () => queue.getWaitingCount(),
    remove: async () => {
      if (mark !== null) await main.del(mark);
      await queue.obliterate({ force: true });
    },
  };
}

/** Opens the part of BullMQ that takes jobs and returns those of dead workers to the queue. */
async function openWorker(context: RedisContext, name: string): Promise<BullWorker> {
  const { bull, connect, lease, ends } = context;
  const worker = new bull.Worker(name, null, {
    connection: await connect(),
    drainDelay: 1,
    lockDuration: 1000 * lease,
    stalledInterval: 500 * lease,
    // Workers count the attempts: BullMQ would give up without telling the coordinator.
    maxStalledCount: 1_000_000,
  });
  worker.on('error', () => undefined);
  ends.push(() => worker.close(true));
  await worker.startStalledCheckTimer();
  return worker;
}

async function takeJob(
  worker: BullWorker,
  lease: number,
  signal: AbortSignal,
): Promise<Message | null> {
  const token = randomUUID();
  const next = worker.getNextJob(token).catch(() => pause(RETRY_MS, signal));
  const job = await untilAborted(next, signal);
  if (job) return messageOf(job, token, lease);
  // A job that arrives after the end goes back at once, instead of when its lease ends.
  if (signal.aborted) void next.then((late) => late?.moveToWait(token)).catch(() => undefined);
  return null;
}

function messageOf(job: BullJob, token: string, lease: number): Message {
  return {
    name: job.id,
    body: Buffer.from(job.data, 'base64'),
    // Jobs that were given back do not count.
    attempt: job.stalledCounter + 1,
    renew: () => quietly(job.extendLock(token, 1000 * lease)),
    done: () => quietly(job.moveToCompleted('', token, false)),
    giveBack: () => quietly(job.moveToWait(token)),
  };
}

/** Ignores a lost lock: the job was given to another worker, which is allowed. */
async function quietly(action: Promise<unknown>): Promise<void> {
  await action.catch(() => undefined);
}
