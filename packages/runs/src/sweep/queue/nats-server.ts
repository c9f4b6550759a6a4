/* oxlint-disable no-await-in-loop -- one message after the other */
import { loadOptional } from './load-optional.ts';
import {
  DEFAULT_LEASE,
  type Message,
  type MessageQueue,
  type QueueServer,
  type ServerSettings,
} from './message-queue.ts';
import type {
  JetStreamClient,
  JetStreamConsumer,
  JetStreamManager,
  JetStreamMessage,
  JetStreamModule,
  NatsConnection,
  TransportModule,
} from './nats-packages.ts';
import type { ServerAddress } from './server-address.ts';
import { pause, untilAborted } from './until-aborted.ts';

const CONNECT_MS = 5000;
const RETRY_MS = 500;
/** Time after which a message that the server has not confirmed is sent again. */
const ANSWER_MS = 2000;
/** Shortest time for which JetStream lets a client wait. */
const TAKE_MS = 1000;
const CONSUMER = 'polysem';
const NANOSECONDS = 1e9;
/** Codes of the JetStream API. */
const CONSUMER_NOT_FOUND = 10_014;
const STREAM_NOT_FOUND = 10_059;
const NAME_IN_USE = 10_077;

/**
 * Connects to NATS with JetStream. A queue is a work-queue stream in files, with one subject per message: the stream refuses
 * a second message of a subject until the first is acknowledged.
 *
 * @param address the address.
 * @param settings lease and callback.
 * @returns the server.
 * @throws UsageError if a package is missing; Error if the server cannot be reached or runs without JetStream.
 */
export async function openNats(
  address: ServerAddress,
  { lease, onNote }: ServerSettings,
): Promise<QueueServer> {
  const { connect } = await loadOptional<TransportModule>(
    '@nats-io/transport-node',
    () => import('@nats-io/transport-node' as string),
  );
  const { jetstream, jetstreamManager } = await loadOptional<JetStreamModule>(
    '@nats-io/jetstream',
    () => import('@nats-io/jetstream' as string),
  );
  const { shown, host, port, user, password, tls } = address;
  let connection: NatsConnection;
  try {
    connection = await connect({
      servers: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      ...(user !== undefined && { user }),
      ...(password !== undefined && { pass: password }),
      ...(tls && { tls: {} }),
      timeout: CONNECT_MS,
      reconnectTimeWait: RETRY_MS,
      maxReconnectAttempts: -1,
    });
  } catch (error) {
    throw new Error(`${shown}: cannot connect to NATS: ${(error as Error).message}`, {
      cause: error,
    });
  }
  let manager: JetStreamManager;
  try {
    manager = await jetstreamManager(connection);
  } catch (error) {
    await connection.close();
    throw new Error(`${shown}: NATS runs without JetStream; start it with: nats-server -js`, {
      cause: error,
    });
  }
  void reportConnection(connection, shown, onNote);
  const context: NatsContext = {
    manager,
    client: jetstream(connection, { timeout: ANSWER_MS }),
    lease,
  };
  const ends = new AbortController();
  return {
    address: shown,
    mostBytes: connection.info?.max_payload ?? 2 ** 20,
    work: () => openStream(context, ends.signal, 'polysem-work', true),
    results: (sweep, create) =>
      openStream(context, ends.signal, `polysem-results-${sweep}`, create),
    close: async () => {
      ends.abort();
      await Promise.race([connection.flush().catch(() => undefined), pause(RETRY_MS)]);
      await connection.close();
    },
  };
}

interface NatsContext {
  readonly manager: JetStreamManager;
  readonly client: JetStreamClient;
  readonly lease: number | undefined;
}

async function reportConnection(
  connection: NatsConnection,
  shown: string,
  onNote: (line: string) => void,
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === 'disconnect') onNote(`${shown}: connection lost; connecting again`);
    else if (type === 'reconnect') onNote(`${shown}: connected again`);
  }
}

/** Opens a stream whose name is also the first word of its subjects. */
async function openStream(
  context: NatsContext,
  ended: AbortSignal,
  name: string,
  create: boolean,
): Promise<MessageQueue> {
  const { manager, client } = context;
  let lease = DEFAULT_LEASE;
  if (create) {
    await manager.streams.add({
      name,
      subjects: [`${name}.*`],
      retention: 'workqueue',
      storage: 'file',
      discard: 'new',
      max_msgs_per_subject: 1,
      discard_new_per_subject: true,
    });
    lease = await openConsumer(context, name);
  }
  let consumer: JetStreamConsumer | null = null;
  return {
    lease,
    send: (id, body) => publish(context, ended, name, id, body),
    take: async (signal) => {
      try {
        consumer ??= await client.consumers.get(name, CONSUMER);
        const next = consumer.next({ expires: TAKE_MS });
        const message = await untilAborted(next, signal);
        if (message !== null) return messageOf(message);
        // A message that arrives after the end goes back at once, instead of when its lease ends.
        if (signal.aborted) void next.then((late) => late?.nak()).catch(() => undefined);
      } catch {
        // The server is away.
        await pause(RETRY_MS, signal);
      }
      return null;
    },
    waiting: async () => (await manager.consumers.info(name, CONSUMER)).num_pending,
    remove: async () => {
      await manager.streams.delete(name);
    },
  };
}

/**
 * Creates the consumer that all workers share, or changes its lease if one is given.
 *
 * @returns its lease in seconds.
 */
async function openConsumer({ manager, lease }: NatsContext, stream: string): Promise<number> {
  if (lease === undefined) {
    try {
      const { config } = await manager.consumers.info(stream, CONSUMER);
      return (config.ack_wait ?? DEFAULT_LEASE * NANOSECONDS) / NANOSECONDS;
    } catch (error) {
      if (codeOf(error) !== CONSUMER_NOT_FOUND) throw error;
    }
  }
  const chosen = lease ?? DEFAULT_LEASE;
  await manager.consumers.add(stream, {
    durable_name: CONSUMER,
    ack_policy: 'explicit',
    ack_wait: chosen * NANOSECONDS,
    // Workers count the deliveries: JetStream would give up without telling the coordinator.
    max_deliver: -1,
    max_ack_pending: -1,
    max_waiting: 65_536,
  });
  return chosen;
}

/** Publishes until the server has the message; false if there is no such stream. */
async function publish(
  { manager, client }: NatsContext,
  ended: AbortSignal,
  stream: string,
  id: string,
  body: Uint8Array,
): Promise<boolean> {
  for (;;) {
    try {
      await client.publish(`${stream}.${id}`, body);
      return true;
    } catch (error) {
      if (codeOf(error) === NAME_IN_USE) return true;
      if (ended.aborted || (await isMissing(manager, stream))) return false;
      // The server is away, or has not opened its files yet.
      await pause(RETRY_MS, ended);
    }
  }
}

async function isMissing(manager: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await manager.streams.info(stream);
    return false;
  } catch (error) {
    return codeOf(error) === STREAM_NOT_FOUND;
  }
}

function codeOf(error: unknown): number | undefined {
  return (error as { readonly code?: number }).code;
}

function messageOf(message: JetStreamMessage): Message {
  return {
    name: message.subject.slice(message.subject.indexOf('.') + 1),
    body: message.data,
    attempt: message.info.deliveryCount,
    renew: () => quietly(() => message.working()),
    done: () => quietly(() => message.ackAck({ timeout: ANSWER_MS })),
    giveBack: () => quietly(() => message.nak()),
  };
}

/** Ignores a connection that is away: a message whose end the server does not learn comes back, which is allowed. */
async function quietly(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch {
    // See above.
  }
}
