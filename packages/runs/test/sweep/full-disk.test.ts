import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keepInGroups } from '../../src/sweep/keep-in-groups.ts';
import { takeLease } from '../../src/sweep/store/lease.ts';
import { openSweepFolder } from '../../src/sweep/store/sweep-folder.ts';
import { openSweepStore } from '../../src/sweep/store/sweep-store.ts';
import { examplePlan } from './example-plan.ts';

const disk = mkdtempSync(join(tmpdir(), 'polysem-disk-'));
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status === 0;
afterAll(() => isMounted && spawnSync('umount', [disk]));

// Mounting a small disk needs root.
describe.skipIf(!isMounted)('a group of cells that is too large for the disk', () => {
  it('is kept cell by cell, as far as there is room', async () => {
    const plan = examplePlan(60);
    const folder = join(disk, 'example.sweep');
    openSweepFolder(folder, plan, false);
    const lease = await takeLease(folder, 'all', () => {});
    const cells = Array.from({ length: 60 }, (_, index) => plan.cell(index));
    const kept: number[] = [];
    const keeper = keepInGroups(plan, openSweepStore(folder, plan), lease, {
      issued: new Map(cells.map(({ index, id }) => [index, id])),
      onKept: (outcomes) => kept.push(...outcomes.map(({ index }) => index)),
      onError: () => {},
      onNote: () => {},
    });
    // 60 rows of 40 kB for a disk of a megabyte.
    const values = { loss: 1, price: null, capacity: Array.from({ length: 5000 }, Math.sqrt) };
    const all = keeper.keep(cells.map(({ index, id }) => ({ index, id, result: { values } })));
    keeper.flush();
    await expect(all).rejects.toThrow('ENOSPC');
    lease.release();
    expect(kept.length).toBeGreaterThan(0);
    const { states } = openSweepStore(folder, plan);
    expect(kept.filter((index) => states[index] === 1)).toEqual(kept);
  });
});
