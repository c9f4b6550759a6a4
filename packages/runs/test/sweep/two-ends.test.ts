import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { localExecutor } from '../../src/sweep/local-executor.ts';
import { runSweep } from '../../src/sweep/run.ts';
import { takeLease } from '../../src/sweep/store/lease.ts';
import { examplePlan } from './example-plan.ts';

// Two shards that end at the same moment both find no other process.
vi.mock(import('../../src/sweep/store/lease.ts'), async (load) => ({
  ...(await load()),
  runningProcesses: () => [],
}));

it('leaves the table to another process that has begun to write it', async () => {
  const plan = examplePlan(2);
  const folder = join(mkdtempSync(join(tmpdir(), 'polysem-ends-')), 'out');
  const run = () =>
    runSweep(plan, {
      folder,
      openExecutor: (unfinished) => localExecutor(plan, { workers: 1, folder: '.', unfinished }),
      signal: new AbortController().signal,
      onNote: () => {},
      onProgress: () => {},
    });
  await run();
  const other = await takeLease(folder, 'table', () => {});
  expect(await run()).toMatchObject({ done: 2, isComplete: false });
  other.release();
  expect(await run()).toMatchObject({ done: 2, isComplete: true });
});
