import { spawnSync } from 'node:child_process';
import { generator, uniform } from '@polysem/numerics/random';
import { inlineExecutor, type Job, type JobProgress } from '@polysem/engine/training';
import { typescriptKernel } from '@polysem/engine/kernels';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { threadPool, type ThreadPool } from '../src/node.ts';
import { poolOf } from '../src/pool.ts';
import { badJob, bytes, toyJob } from './jobs.ts';
import { wilfulThread } from './wilful-thread.ts';

/** Milliseconds after which a process that should end by itself is said to hang. */
const HANGS = 600_000;

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
  let pool: ThreadPool;
  beforeAll(async () => {
    pool = await threadPool({ threads: 2, kernel: 'typescript' });
  });
  afterAll(() => pool.close());

  it.each([1, 2, 3])('gives the same bytes on %d threads as without', async (threads) => {
    const other = await threadPool({ threads, kernel: 'typescript' });
    expect((await other.run(jobs)).map(bytes)).toEqual(expected);
    await other.close();
  });

  it('has nothing to do without jobs', async () => {
    expect(await pool.run([])).toEqual([]);
  });

  it('trains fewer jobs than threads, and runs one after the other', async () => {
    const runs = await Promise.all([pool.run(jobs.slice(0, 1)), pool.run(jobs.slice(1, 3))]);
    expect(runs.flat().map(bytes)).toEqual(expected.slice(0, 3));
  });

  it('tells what is done, each job as it ends', async () => {
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

  /** Runs jobs until each of the first two has taken so many steps, and gives how far they had come. */
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

  it('stops when told to, and goes on from where every job was', async () => {
    const long = [toyJob(1, 4000), toyJob(2, 4000), toyJob(3, 4000)];
    const kept = await stopped(long, 50);
    expect(kept.size).toBeGreaterThanOrEqual(2);
    const whole = await pool.run(long, { resume: kept });
    expect(whole.map(bytes)).toEqual((await pool.run(long)).map(bytes));
  });

  it('stops in the middle of jobs, and does not begin them again', async () => {
    // No machine is so quick, nor a report so late, that these would end before they are stopped.
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

  it('does not begin when told to stop before', async () => {
    const signal = AbortSignal.abort(new Error('no'));
    expect((await failure(pool.run(jobs, { signal }))).message).toBe('no');
  });

  it('does not train again what had ended', async () => {
    const finished = await pool.run(jobs);
    const resume = new Map(finished.entries());
    const again = await pool.run(jobs, { resume });
    expect(again.every((progress, i) => progress === finished[i])).toBe(true);
  });

  it('refuses a number of threads that is none, and a kernel that is not there', async () => {
    await expect(threadPool({ threads: 0 })).rejects.toThrow(RangeError);
    await expect(threadPool({ threads: 1, kernel: 'abacus' as 'typescript' })).rejects.toThrow(
      /abacus/,
    );
  });

  it('rejects what runs when it is closed, and what comes after', async () => {
    const other = await threadPool({ threads: 2, kernel: 'typescript' });
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
      ['--input-type=module', '-e', `import { threadPool } from '${url}';\n${code}`],
      { encoding: 'utf8', timeout: HANGS },
    );
  };
  it('ends though the pool is not closed', () => {
    const { status, stdout } = node(
      `const pool = await threadPool({ threads: 2 }); await pool.run([]); console.log(pool.threads);`,
    );
    expect([status, stdout]).toEqual([0, '2\n']);
  });

  it('ends at an unhandled error in the middle of a run', () => {
    const job = JSON.stringify(toyJob(1, 1e9), (_, value: unknown) =>
      ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
    );
    const { status, stderr } = node(`
      const job = ${job};
      const words = (g) => { for (const k of ['key', 'counter', 'block']) g[k] = Uint32Array.from(g[k]); };
      words(job.instance.stream);
      const pool = await threadPool({ threads: 2, kernel: 'typescript' });
      pool.run([job]);
      setTimeout(() => { throw new Error('unforeseen'); }, 100);
    `);
    expect(status).toBe(1);
    expect(stderr).toContain('unforeseen');
  });
});

describe('a pool of wilful threads', () => {
  const wilful = (seed: number, threads: number) => {
    const g = generator(seed);
    return Array.from({ length: threads }, () => wilfulThread(() => uniform(g)));
  };

  it('gives the same bytes for any slices, moves and number of threads', async () => {
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 4 }), async (seed, threads) => {
        const crew = wilful(seed, threads);
        const pool = await poolOf(crew, 'typescript');
        expect((await pool.run(jobs)).map(bytes)).toEqual(expected);
        moved += crew.reduce((sum, thread) => sum + thread.moved(), 0);
      }),
      { numRuns: 30 },
    );
    expect(moved).toBeGreaterThan(10);
  });

  it('gives the same bytes when gone on from any checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 60 }), async (seed, reports) => {
        const kept = new Map<number, JobProgress>();
        const controller = new AbortController();
        let heard = 0;
        const interrupted = await poolOf(wilful(seed, 2), 'typescript');
        await interrupted
          .run(jobs, {
            signal: controller.signal,
            onSteps: () => {
              if (++heard === reports) controller.abort();
            },
            onCheckpoint: (job, progress) => kept.set(job, progress),
          })
          .catch(() => undefined);
        const pool = await poolOf(wilful(seed + 1, 3), 'typescript');
        expect((await pool.run(jobs, { resume: kept })).map(bytes)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('names the jobs of a worker that dies, keeps what the others did, and is no more', async () => {
    const threads = wilful(1, 2);
    const pool = await poolOf(threads, 'typescript');
    const kept = new Map<number, JobProgress>();
    let heard = 0;
    const run = pool.run(jobs.slice(5), {
      onSteps: () => {
        if (++heard === 6) threads[0].die(new Error('out of memory'));
      },
      onCheckpoint: (job, progress) => kept.set(job, progress),
    });
    const error = await failure(run);
    expect(error.message).toMatch(/^job \d: out of memory$/);
    expect(kept.size).toBeGreaterThan(0);
    expect((await failure(pool.run(jobs))).message).toBe('out of memory');
  });

  it('says so when a worker dies before it is ready', async () => {
    const [a, b] = wilful(1, 2);
    const pool = poolOf([a, b], 'typescript');
    b.die(new Error('no such file'));
    expect((await failure(pool)).message).toBe('no such file');
  });
});
