// The parts of the packages bullmq and ioredis that are used here. Declared here, because the packages are optional.

export interface RedisConnection {
  readonly connect: () => Promise<void>;
  readonly disconnect: () => void;
  readonly on: (event: string, listener: (error: Error) => void) => void;
  readonly set: (key: string, value: string) => Promise<unknown>;
  readonly exists: (key: string) => Promise<number>;
  readonly del: (key: string) => Promise<unknown>;
}

export interface RedisModule {
  readonly Redis: new (options: Readonly<Record<string, unknown>>) => RedisConnection;
}

export interface BullJob {
  readonly id: string;
  readonly data: string;
  /** Number of times that its lock was lost. */
  readonly stalledCounter: number;
  readonly extendLock: (token: string, milliseconds: number) => Promise<unknown>;
  readonly moveToCompleted: (value: string, token: string, fetchNext: boolean) => Promise<unknown>;
  readonly moveToWait: (token: string) => Promise<unknown>;
}

export interface BullQueue {
  readonly add: (
    name: string,
    data: string,
    options: { readonly jobId: string; readonly removeOnComplete: true },
  ) => Promise<unknown>;
  readonly getWaitingCount: () => Promise<number>;
  readonly obliterate: (options: { readonly force: true }) => Promise<void>;
  readonly close: () => Promise<void>;
  readonly on: (event: 'error', listener: (error: Error) => void) => void;
}

export interface BullWorker {
  readonly startStalledCheckTimer: () => Promise<void>;
  readonly getNextJob: (token: string) => Promise<BullJob | undefined>;
  readonly close: (force: boolean) => Promise<void>;
  readonly on: (event: 'error', listener: (error: Error) => void) => void;
}

export interface BullModule {
  readonly Queue: new (name: string, options: Readonly<Record<string, unknown>>) => BullQueue;
  readonly Worker: new (
    name: string,
    processor: null,
    options: Readonly<Record<string, unknown>>,
  ) => BullWorker;
}
