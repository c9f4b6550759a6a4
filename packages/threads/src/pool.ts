import type { Executor, Job, JobProgress } from '@polysem/engine/training';
import type { KernelName, ModelActivations } from '@polysem/engine/kernels';
import type { StreamWorkers } from '@polysem/core/streaming';
import type { RowTasks } from '@polysem/engine/phase';
import type { PoolHooks } from './hooks.ts';
import { phaseRows, type RowWork } from './phase-rows.ts';
import { noTeams, type MakeTeams } from './teams.ts';
import { trainingRun, type TrainingRun } from './training-run.ts';
import { startWorkers, type WorkerHandle } from './workers.ts';

/**
 * Worker threads that train jobs, compute rows of phase diagrams, and measure sources. Results are the same, byte for byte,
 * for any number of threads. Idle workers do not keep a process alive.
 */
export interface WorkerPool extends Executor, StreamWorkers {
  readonly threads: number;
  /** The kernel that all threads use. */
  readonly kernel: KernelName;
  /**
   * Trains jobs. A run waits for earlier ones. An error in a job, a hook or a worker ends the run, after the progress of
   * every job that has begun went to `onCheckpoint`; the error names the job.
   */
  readonly run: (jobs: readonly Job[], hooks?: PoolHooks) => Promise<JobProgress[]>;
  /**
   * Computes rows of a phase diagram; results are in the order of the tasks. A run waits for earlier ones. An error in a
   * row, in `onRow` or in a worker ends it; the error names the row.
   */
  readonly computeRows: <K extends keyof RowTasks>(
    work: RowWork<K>,
  ) => Promise<RowTasks[K]['answer'][]>;
  /** Ends the workers. Unfinished work, and all that is asked for later, rejects with the reason. */
  readonly close: (reason?: unknown) => Promise<void>;
}

/** Options of `openPool` on every platform. */
export interface PoolOptions {
  /** Number of workers (default: one per processor). */
  readonly threads?: number;
  /** Kernel that trains (default: the fastest that this engine can run and that can train the models). */
  readonly kernel?: KernelName | 'auto';
  /** The models to train, of which only task and activations count (default: none, which every kernel can train). */
  readonly models?: readonly ModelActivations[];
}

/** Makes a pool of started workers; resolves when all are ready. */
export async function poolOf(
  threads: number,
  start: () => WorkerHandle,
  {
    kernel = 'auto',
    models = [],
    makeTeams = noTeams,
  }: Pick<PoolOptions, 'kernel' | 'models'> & { readonly makeTeams?: MakeTeams } = {},
): Promise<WorkerPool> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`threads: must be a positive integer, got ${threads}`);
  }
  let current: TrainingRun | null = null;
  const workers = await startWorkers(
    threads,
    start,
    { name: kernel, models },
    {
      onMessage: (worker, message) => current?.onMessage(worker, message),
      onDeath: (worker, error) => {
        // A training run first collects the progress of the other workers.
        if (current === null) void workers.close(error);
        else current.lose(worker, error);
      },
    },
  );

  async function train(jobs: readonly Job[], hooks: PoolHooks): Promise<JobProgress[]> {
    const run = trainingRun(jobs, hooks, {
      threads,
      kernel: workers.kernel,
      post: workers.post,
      makeTeams,
    });
    current = run;
    try {
      return await run.result;
    } finally {
      current = null;
      if (!workers.isOpen()) await workers.close(null);
    }
  }

  let previous: Promise<unknown> = Promise.resolve();
  /** Does something after everything before it has ended. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const result = previous.then(async () => {
      workers.checkOpen();
      workers.hold(true);
      try {
        return await action();
      } finally {
        workers.hold(false);
      }
    });
    previous = result.catch(() => undefined);
    return result;
  };
  return {
    threads,
    kernel: workers.kernel,
    run: (jobs, hooks = {}) => inTurn(() => train(jobs, hooks)),
    computeRows: (work) => inTurn(() => phaseRows(work, workers)),
    ask: (worker, task, input, transfer = []) => workers.ask(worker, task, input, { transfer }),
    renew: () => inTurn(() => workers.restart()),
    close: async (reason = new Error('the pool was closed')) => {
      const closed = workers.close(reason);
      current?.abandon(reason);
      await closed;
    },
  };
}
