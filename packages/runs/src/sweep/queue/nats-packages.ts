// The parts of the packages @nats-io/transport-node and @nats-io/jetstream that are used here. Declared here, because the
// packages are optional.

type Settings = Readonly<Record<string, unknown>>;

export interface NatsConnection {
  readonly info?: { readonly max_payload: number };
  readonly status: () => AsyncIterable<{ readonly type: string }>;
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface TransportModule {
  readonly connect: (options: Settings) => Promise<NatsConnection>;
}

export interface JetStreamMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly info: { readonly deliveryCount: number };
  /** Acknowledges, and waits until the server has confirmed it. */
  readonly ackAck: (options: { readonly timeout: number }) => Promise<boolean>;
  readonly nak: () => void;
  readonly working: () => void;
}

export interface JetStreamConsumer {
  readonly next: (options: { readonly expires: number }) => Promise<JetStreamMessage | null>;
}

interface ConsumerInfo {
  readonly num_pending: number;
  readonly config: { readonly ack_wait?: number };
}

export interface JetStreamManager {
  readonly streams: {
    readonly add: (settings: Settings) => Promise<unknown>;
    readonly info: (stream: string) => Promise<unknown>;
    readonly delete: (stream: string) => Promise<unknown>;
  };
  readonly consumers: {
    readonly add: (stream: string, settings: Settings) => Promise<unknown>;
    readonly info: (stream: string, consumer: string) => Promise<ConsumerInfo>;
  };
}

export interface JetStreamClient {
  readonly publish: (subject: string, body: Uint8Array) => Promise<unknown>;
  readonly consumers: {
    readonly get: (stream: string, consumer: string) => Promise<JetStreamConsumer>;
  };
}

export interface JetStreamModule {
  readonly jetstream: (
    connection: NatsConnection,
    options: { readonly timeout: number },
  ) => JetStreamClient;
  readonly jetstreamManager: (connection: NatsConnection) => Promise<JetStreamManager>;
}
