import { describe, expect, it } from 'vitest';
import {
  defaultGridTraining,
  planGrid,
  trainGrid,
  trainRow,
  type GridSpec,
} from '@polysem/engine/phase';
import { kernelNamed } from '@polysem/engine/kernels';
import { openPool } from '../src/node.ts';

const spec: GridSpec = {
  architecture: { task: 'compression', activation: 'relu' },
  shape: 'uniform-positive',
  unitVariance: false,
  features: 4,
  dims: 2,
  importance: 1,
  density: 0.1,
  importancePower: 1,
  x: { parameter: 'importance', values: [0.1, 1, 10] },
  y: { parameter: 'density', values: [0.3, 0.1, 0.03, 0.01] },
  training: { ...defaultGridTraining, rows: 512, restarts: 3 },
  seed: 4,
};
const plan = planGrid(spec);

/** One restart in each cell of row 1. */
const oneRow = {
  spec,
  row: 1,
  cells: plan.cells[1].map((cell) => ({
    cell,
    best: null,
    firstRestart: 0,
    restarts: 1,
    starts: [],
  })),
};

describe('a phase diagram computed by workers', () => {
  it('has the same bytes for any number of threads', async () => {
    const kernel = kernelNamed('wasm-simd');
    const here = await trainGrid(plan, async (_pass, tasks) =>
      tasks.map((task) => trainRow(kernel, task)),
    );
    for (const threads of [1, 3]) {
      // Pools one after the other.
      // oxlint-disable-next-line no-await-in-loop
      const pool = await openPool({ threads, kernel: 'wasm-simd' });
      // oxlint-disable-next-line no-await-in-loop
      const there = await trainGrid(plan, (_pass, tasks) => pool.trainRows(tasks));
      // oxlint-disable-next-line no-await-in-loop
      await pool.close();
      expect(there).toEqual(here);
    }
    expect(here.restarts.every((n) => n >= 3)).toBe(true);
    expect(here.loss.every(Number.isFinite)).toBe(true);
  });

  it('names the row that fails, and the pool can be used again', async () => {
    const pool = await openPool({ threads: 2 });
    const [first, ...others] = oneRow.cells;
    const model = { ...first.cell.model, importance: [1] };
    const broken = {
      ...oneRow,
      row: 2,
      cells: [{ ...first, cell: { ...first.cell, model } }, ...others],
    };
    await expect(pool.trainRows([broken])).rejects.toThrow(/^row 2: /);
    const rows = await pool.trainRows([oneRow]);
    expect(rows[0].row).toBe(1);
    await pool.close();
  });

  it('ends when onRow throws, and has nothing to do without rows', async () => {
    const pool = await openPool({ threads: 2 });
    const onRow = (): void => {
      throw new Error('full disk');
    };
    await expect(pool.trainRows([oneRow], onRow)).rejects.toThrow(/^full disk$/);
    expect(await pool.trainRows([])).toEqual([]);
    await pool.close();
  });
});
