/** A message that was taken from a queue. It comes back unless `done` is called, or `renew` within the lease. */
export interface Message {
  readonly name: string;
  readonly body: Uint8Array;
  /** Number of times that the message was taken, this time included. */
  readonly attempt: number;
  /** Extends the lease. Does not fail: a message whose lease has ended comes back, which is allowed. */
  readonly renew: () => Promise<void>;
  /** Removes the message from the queue. */
  readonly done: () => Promise<void>;
  /** Returns the message to the queue at once. */
  readonly giveBack: () => Promise<void>;
}

/** A queue of messages that survive a restart of the server. Delivers each message at least once. */
export interface MessageQueue {
  /** Seconds after which a message that was taken, and not renewed, comes back. */
  readonly lease: number;
  /**
   * Adds a message, unless the queue still has a message with this name. Waits while the server cannot be reached.
   *
   * @param name letters, digits and `-`; not only digits.
   * @returns false if the queue has been removed.
   */
  readonly send: (name: string, body: Uint8Array) => Promise<boolean>;
  /** Takes a message; null if none arrives within a second, or if the signal is aborted. */
  readonly take: (signal: AbortSignal) => Promise<Message | null>;
  /** Number of messages that no worker has taken. */
  readonly waiting: () => Promise<number>;
  /** Removes the queue with all messages. */
  readonly remove: () => Promise<void>;
}

/** A server with queues. */
export interface QueueServer {
  /** Address without the password. */
  readonly address: string;
  /** Largest body of a message, in bytes. */
  readonly mostBytes: number;
  /** The queue of work for all sweeps. Creates it if necessary. */
  readonly work: () => Promise<MessageQueue>;
  /**
   * The queue of results of one sweep.
   *
   * @param sweep name of the sweep: letters and digits.
   * @param create true to create the queue if necessary.
   */
  readonly results: (sweep: string, create: boolean) => Promise<MessageQueue>;
  readonly close: () => Promise<void>;
}

/** Settings of the connection to a server. */
export interface ServerSettings {
  /** Seconds after which the work of a worker that died goes to another one (default: 30). */
  readonly lease?: number;
  /** Called with a line when the connection is lost or comes back. */
  readonly onNote: (line: string) => void;
}

/** Seconds after which the work of a worker that died goes to another one. */
export const DEFAULT_LEASE = 30;
