import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import type { Cell, CellOutcome } from '../../src/sweep/cell.ts';
import { openCellPool } from '../../src/sweep/pool/cell-pool.ts';
import { planSweep } from '../../src/sweep/spec/plan-sweep.ts';
import { examplePlan } from './example-plan.ts';

/** A cell that trains for minutes. */
function longCell(): Cell {
  const sizes = { features: 200, dims: 20, importance: 1, density: 0.1 };
  const model = { task: 'compression', activation: 'relu', steps: 1_000_000, restarts: 1 };
  return planSweep({ compute: 'train', parameters: { ...sizes, ...model } }).cell(0);
}

/** The processes that compute cells for this one. */
function children(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1');
      const isWorker = command.includes('cell-process');
      return Number(parent) === process.pid && isWorker ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

async function nextChild(before: readonly number[]): Promise<number> {
  for (;;) {
    const child = children().find((pid) => !before.includes(pid));
    if (child !== undefined) return child;
    // oxlint-disable-next-line no-await-in-loop -- looks again and again
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Children are found in /proc.
describe.skipIf(process.platform !== 'linux')('a pool of processes', () => {
  it('tries a cell again whose process died, then records its failure, and computes the cells after it', async () => {
    const pool = openCellPool({ workers: 1, retries: 1, folder: '.', unfinished: null });
    const short = examplePlan(8).cell(7);
    const outcomes: CellOutcome[] = [];
    const computed = pool.compute([longCell(), short], (some) => outcomes.push(...some));
    const killed: number[] = [];
    for (let attempt = 0; attempt < 2; attempt++) {
      // oxlint-disable-next-line no-await-in-loop -- one process after the other
      const child = await nextChild(killed);
      process.kill(child, 'SIGKILL');
      killed.push(child);
    }
    await computed;
    await pool.close();
    expect(outcomes).toMatchObject([
      {
        index: 0,
        failure: {
          kind: 'retryable',
          message: 'its process ended with SIGKILL, in each of 2 attempts',
        },
      },
      { index: 7, id: short.id, result: { values: { loss: expect.any(Number) as number } } },
    ]);
    expect(children()).toEqual([]);
  });
});
