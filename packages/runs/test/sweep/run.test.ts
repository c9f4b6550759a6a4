import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CellExecutor } from '../../src/sweep/executor.ts';
import { localExecutor } from '../../src/sweep/local-executor.ts';
import type { SweepPlan } from '../../src/sweep/plan.ts';
import { runSweep, type SweepRunOptions } from '../../src/sweep/run.ts';
import { examplePlan } from './example-plan.ts';

const scratch = (): string => mkdtempSync(join(tmpdir(), 'polysem-sweep-'));

function options(
  plan: SweepPlan,
  folder: string,
  more: Partial<SweepRunOptions> = {},
): SweepRunOptions {
  return {
    folder,
    openExecutor: (unfinished) => localExecutor(plan, { workers: 2, folder, unfinished }),
    signal: new AbortController().signal,
    onNote: () => {},
    onProgress: () => {},
    ...more,
  };
}

/** An executor that is stopped when the first outcomes arrive. */
function stoppedEarly(executor: CellExecutor, stop: AbortController): CellExecutor {
  return {
    ...executor,
    run: (cells, hooks) =>
      executor.run(cells, {
        ...hooks,
        keep: (outcomes) => {
          const kept = hooks.keep(outcomes);
          stop.abort();
          return kept;
        },
      }),
  };
}

const table = (folder: string): Buffer => readFileSync(join(folder, 'table.parquet'));

describe('a sweep', () => {
  it('computes every cell, writes the table and leaves nothing else', async () => {
    const plan = examplePlan(300);
    const folder = join(scratch(), 'out');
    const summary = await runSweep(plan, options(plan, folder));
    expect(summary).toEqual({
      cells: 300,
      done: 300,
      failed: 0,
      retryable: 0,
      open: 0,
      computed: 300,
      conflicts: [],
      isComplete: true,
    });
    expect(readdirSync(folder)).toEqual([
      'manifest.json',
      'rows',
      'table.parquet',
      'table.parquet.sha256',
    ]);
    expect(readdirSync(join(folder, 'rows'))).toHaveLength(1);
    const again = await runSweep(plan, options(plan, folder));
    expect([again.computed, again.isComplete]).toEqual([0, true]);
  });

  it('gives the same table when stopped and continued', async () => {
    const plan = examplePlan(1200);
    const [whole, parts] = [join(scratch(), 'a'), join(scratch(), 'b')];
    await runSweep(plan, options(plan, whole));
    for (const isStopped of [true, true, false]) {
      const stop = new AbortController();
      const openExecutor = (unfinished: string): CellExecutor => {
        const executor = localExecutor(plan, { workers: 2, folder: parts, unfinished });
        return isStopped ? stoppedEarly(executor, stop) : executor;
      };
      // oxlint-disable-next-line no-await-in-loop -- one run after the other
      const { isComplete, open } = await runSweep(
        plan,
        options(plan, parts, { signal: stop.signal, openExecutor }),
      );
      expect([isComplete, open > 0]).toEqual([!isStopped, isStopped]);
    }
    expect(table(parts).equals(table(whole))).toBe(true);
  });

  it('ends, and leaves nothing at work, when its executor cannot be opened', async () => {
    const folder = join(scratch(), 'out');
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const openExecutor = async (): Promise<never> => {
      throw new Error('no server');
    };
    const plan = examplePlan(3);
    await expect(runSweep(plan, options(plan, folder, { openExecutor }))).rejects.toThrow(
      'no server',
    );
    expect(timers()).toBe(before);
    expect(readdirSync(folder)).toEqual(['manifest.json', 'unfinished']);
  });
});
