import { spawnSync } from 'node:child_process';
import { generator, uniform } from '@polysem/numerics/random';
import { inlineExecutor, type Job, type JobProgress } from '@polysem/engine/training';
import { typescriptKernel } from '@polysem/engine/kernels';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool, type WorkerPool } from '../src/node.ts';
import { poolOf } from '../src/pool.ts';
import { badJob, bytes, toyJob } from './jobs.ts';
import { randomWorker, type RandomWorker } from './random-worker.ts';

/** Milliseconds after which a process that should end by itself counts as hanging. */
const TIMEOUT = 600_000;

const jobs = Array.from({ length: 7 }, (_, i) => toyJob(i, 60 + 90 * i));
let expected: string[];

beforeAll(async () => {
  expected = (await inlineExecutor(typescriptKernel).run(jobs)).map(bytes);
});

/** The error that a promise rejects with. */
async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('a pool of worker threads', () => {
  let pool: WorkerPool;
  beforeAll(async () => {
    pool = await openPool({ threads: 2, kernel: 'typescript' });
  });
  afterAll(() => pool.close());

  it.each([1, 2, 3])('gives the same bytes on %d threads as in this thread', async (threads) => {
    const other = await openPool({ threads, kernel: 'typescript' });
    expect((await other.run(jobs)).map(bytes)).toEqual(expected);
    await other.close();
  });

  it('accepts a run without jobs', async () => {
    expect(await pool.run([])).toEqual([]);
  });

  it('trains fewer jobs than there are threads, and does runs one after the other', async () => {
    const runs = await Promise.all([pool.run(jobs.slice(0, 1)), pool.run(jobs.slice(1, 3))]);
    expect(runs.flat().map(bytes)).toEqual(expected.slice(0, 3));
  });

  it('reports progress, and each job when it ends', async () => {
    const fractions: number[] = [];
    const done = new Map<number, string>();
    await pool.run(jobs, {
      onProgress: (fraction) => fractions.push(fraction),
      onDone: (job, progress) => done.set(job, bytes(progress)),
    });
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(jobs.map((_, i) => done.get(i))).toEqual(expected);
  });

  it('names the job that fails, and can be used again', async () => {
    const error = await failure(pool.run([jobs[0], badJob(), jobs[1]]));
    expect(error.message).toMatch(/^job 1: .*must be a positive integer, got 0/);
    expect((error.cause as Error).name).toBe('RangeError');
    expect((await pool.run(jobs)).map(bytes)).toEqual(expected);
  });

  it('ends a run when a hook throws', async () => {
    const onDone = (): void => {
      throw new Error('full disk');
    };
    expect((await failure(pool.run(jobs, { onDone }))).message).toBe('full disk');
    const onSteps = async (): Promise<void> => onDone();
    expect((await failure(pool.run(jobs, { onSteps }))).message).toBe('full disk');
  });

  /** Runs jobs until two of them have taken more than `steps` steps; returns the last progress of each. */
  async function stopped(
    long: readonly Job[],
    steps: number,
    resume = new Map<number, JobProgress>(),
  ): Promise<Map<number, JobProgress>> {
    const kept = new Map<number, JobProgress>();
    const controller = new AbortController();
    const far = new Set<number>();
    const run = pool.run(long, {
      resume,
      signal: controller.signal,
      onSteps: (job, taken) => {
        if (taken > steps && far.add(job).size === 2) controller.abort(new Error('enough'));
      },
      onCheckpoint: (job, progress) => kept.set(job, progress),
    });
    expect((await failure(run)).message).toBe('enough');
    return kept;
  }

  it('stops on a signal, and continues every job from its last progress', async () => {
    const long = [toyJob(1, 4000), toyJob(2, 4000), toyJob(3, 4000)];
    const kept = await stopped(long, 50);
    expect(kept.size).toBeGreaterThanOrEqual(2);
    const whole = await pool.run(long, { resume: kept });
    expect(whole.map(bytes)).toEqual((await pool.run(long)).map(bytes));
  });

  it('stops in the middle of jobs, and does not restart them', async () => {
    // Too long to end before they are stopped, on any machine.
    const endless = [toyJob(1, 1e9), toyJob(2, 1e9)];
    const kept = await stopped(endless, 50);
    expect([...kept.keys()].toSorted()).toEqual([0, 1]);
    for (const progress of kept.values()) expect(progress.stopped).toBe(null);
    const before = [...kept].map(([job, { state }]) => [job, state.step] as const);
    const first = new Map<number, number>();
    const controller = new AbortController();
    const run = pool.run(endless, {
      resume: kept,
      signal: controller.signal,
      onSteps: (job, taken) => {
        if (!first.has(job)) first.set(job, taken);
        if (first.size === 2) controller.abort(new Error('enough'));
      },
    });
    expect((await failure(run)).message).toBe('enough');
    for (const [job, steps] of before) expect(first.get(job)).toBeGreaterThan(steps);
  });

  it('does not begin when the signal is already aborted', async () => {
    const signal = AbortSignal.abort(new Error('no'));
    expect((await failure(pool.run(jobs, { signal }))).message).toBe('no');
  });

  it('does not train finished jobs again', async () => {
    const finished = await pool.run(jobs);
    const resume = new Map(finished.entries());
    const again = await pool.run(jobs, { resume });
    expect(again.every((progress, i) => progress === finished[i])).toBe(true);
  });

  it('rejects 0 threads, and an unknown kernel', async () => {
    await expect(openPool({ threads: 0 })).rejects.toThrow(RangeError);
    await expect(openPool({ threads: 1, kernel: 'abacus' as 'typescript' })).rejects.toThrow(
      /abacus/,
    );
  });

  it('rejects a run during which it is closed, and later ones', async () => {
    const other = await openPool({ threads: 2, kernel: 'typescript' });
    let onSteps = (): void => {};
    const begun = new Promise<void>((resolve) => {
      onSteps = resolve;
    });
    const run = failure(other.run([toyJob(1, 1e9), toyJob(2, 1e9)], { onSteps }));
    await begun;
    await other.close();
    expect((await run).message).toBe('the pool was closed');
    expect((await failure(other.run(jobs))).message).toBe('the pool was closed');
  });
});

describe('a process with a pool', () => {
  const node = (code: string) => {
    const url = new URL('../dist/node.js', import.meta.url).href;
    return spawnSync(
      process.execPath,
      ['--input-type=module', '-e', `import { openPool } from '${url}';\n${code}`],
      { encoding: 'utf8', timeout: TIMEOUT },
    );
  };
  it('ends without closing the pool', () => {
    const { status, stdout } = node(
      `const pool = await openPool({ threads: 2 }); await pool.run([]); console.log(pool.threads);`,
    );
    expect([status, stdout]).toEqual([0, '2\n']);
  });

  it('ends on an unhandled error in the middle of a run', () => {
    const job = JSON.stringify(toyJob(1, 1e9), (_, value: unknown) =>
      ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
    );
    const { status, stderr } = node(`
      const job = ${job};
      const words = (g) => { for (const k of ['key', 'counter', 'block']) g[k] = Uint32Array.from(g[k]); };
      words(job.instance.stream);
      const pool = await openPool({ threads: 2, kernel: 'typescript' });
      const fail = () => { throw new Error('unforeseen'); };
      pool.run([job], { onSteps: () => void setImmediate(fail) });
    `);
    expect(status).toBe(1);
    expect(stderr).toContain('unforeseen');
  });
});

describe('a pool of workers with random slices', () => {
  /** A pool of simulated workers. */
  async function simulated(seed: number, threads: number) {
    const g = generator(seed);
    const workers: RandomWorker[] = [];
    const pool = await poolOf(threads, () => {
      const worker = randomWorker(() => uniform(g));
      workers.push(worker);
      return worker;
    });
    return { pool, workers };
  }

  it('gives the same bytes for any slices, moves and number of threads', async () => {
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 4 }), async (seed, threads) => {
        const { pool, workers } = await simulated(seed, threads);
        expect((await pool.run(jobs)).map(bytes)).toEqual(expected);
        moved += workers.reduce((sum, worker) => sum + worker.moved(), 0);
      }),
      { numRuns: 12 },
    );
    expect(moved).toBeGreaterThan(0);
  });

  it('gives the same bytes when continued from any checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 60 }), async (seed, reports) => {
        const kept = new Map<number, JobProgress>();
        const controller = new AbortController();
        let heard = 0;
        const interrupted = await simulated(seed, 2);
        await interrupted.pool
          .run(jobs, {
            signal: controller.signal,
            onSteps: () => {
              if (++heard === reports) controller.abort();
            },
            onCheckpoint: (job, progress) => kept.set(job, progress),
          })
          .catch(() => undefined);
        const { pool } = await simulated(seed + 1, 3);
        expect((await pool.run(jobs, { resume: kept })).map(bytes)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  it('names the job of a worker that dies, keeps the progress of the others, and ends', async () => {
    const { pool, workers } = await simulated(1, 2);
    const kept = new Map<number, JobProgress>();
    let heard = 0;
    const run = pool.run(jobs.slice(5), {
      onSteps: () => {
        if (++heard === 6) workers[0].die(new Error('out of memory'));
      },
      onCheckpoint: (job, progress) => kept.set(job, progress),
    });
    const error = await failure(run);
    expect(error.message).toMatch(/^job \d: out of memory$/);
    expect(kept.size).toBeGreaterThan(0);
    expect((await failure(pool.run(jobs))).message).toBe('out of memory');
  });

  it('gives the error of a worker that dies without a job, and names all jobs that one had', async () => {
    const idle = await simulated(1, 2);
    const one = idle.pool.run(jobs.slice(0, 1), {
      onSteps: () => {
        const isIdle = ({ received }: RandomWorker) =>
          received.every(({ kind }) => kind !== 'train');
        idle.workers.find(isIdle)?.die(new Error('out of memory'));
      },
    });
    expect((await failure(one)).message).toBe('out of memory');

    const busy = await simulated(1, 1);
    const left = new Set<number>();
    const several = busy.pool.run(jobs, {
      onDone: (job) => left.add(job),
      onSteps: () => {
        const [worker] = busy.workers;
        const had = worker.received.flatMap((message) =>
          message.kind === 'train' ? message.assignments.map(({ index }) => index) : [],
        );
        const has = had.filter((index) => !left.has(index));
        if (has.length > 1) worker.die(new Error(`out of memory with ${has.join(', ')}`));
      },
    });
    const { message } = await failure(several);
    expect(message).toMatch(/^one of the jobs (\d, \d.*): out of memory with \1$/);
  });

  it('rejects when a worker dies before it is ready', async () => {
    const workers = [0, 1].map(() => randomWorker(() => 0.5));
    const starts = workers.values();
    const pool = poolOf(2, () => starts.next().value!);
    workers[1].die(new Error('no such file'));
    expect((await failure(pool)).message).toBe('no such file');
  });
});
