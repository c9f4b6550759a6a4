/** A server on a free port of this machine, with a folder of its own. */
export interface TestServer {
  readonly url: string;
  /** Its process. */
  readonly pid: number;
  /** Ends the server with a signal, SIGKILL by default, and starts it again with the same port and files. */
  readonly restart: (signal?: NodeJS.Signals) => Promise<void>;
  readonly stop: () => Promise<void>;
}
/** Starts Redis with an append-only file. */
export function startRedis(): Promise<TestServer>;
/** Starts NATS with JetStream in files. */
export function startNats(): Promise<TestServer>;
/** How each engine is started. */
export const starts: Readonly<Record<'redis' | 'nats', () => Promise<TestServer>>>;
