import { describe, expect, it } from 'vitest';
import {
  defaultGridTraining,
  phaseRow,
  planGrid,
  planPhase,
  trainGrid,
  trainRow,
  type GridSpec,
} from '@polysem/engine/phase';
import { kernelNamed } from '@polysem/engine/kernels';
import { openPool } from '../src/node.ts';
import { poolOf } from '../src/pool.ts';
import { localWorker } from './local-worker.ts';

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
  training: { ...defaultGridTraining, rows: 64, restarts: 3, iterations: 100 },
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
      const there = await trainGrid(plan, (_pass, tasks) =>
        pool.computeRows({ name: 'trainRow', tasks }),
      );
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
    await expect(pool.computeRows({ name: 'trainRow', tasks: [broken] })).rejects.toThrow(
      /^row 2: /,
    );
    const rows = await pool.computeRows({ name: 'trainRow', tasks: [oneRow] });
    expect(rows[0].row).toBe(1);
    await pool.close();
  });

  it('ends when onRow throws, and has nothing to do without rows', async () => {
    const pool = await openPool({ threads: 2 });
    const onRow = (): void => {
      throw new Error('full disk');
    };
    await expect(pool.computeRows({ name: 'trainRow', tasks: [oneRow], onRow })).rejects.toThrow(
      /^full disk$/,
    );
    expect(await pool.computeRows({ name: 'trainRow', tasks: [] })).toEqual([]);
    await pool.close();
  });

  it('sends the inputs of each row to one worker, once', async () => {
    const workers = [localWorker(), localWorker()];
    const starts = workers.values();
    const training = { ...spec.training, iterations: 2 };
    const short = planGrid({ ...spec, training });
    const pool = await poolOf(2, () => starts.next().value!, { kernel: 'typescript' });
    const tasks = short.cells.map((cells, row) => ({
      ...oneRow,
      spec: short.spec,
      row,
      cells: oneRow.cells.map((cell, column) => ({ ...cell, cell: cells[column] })),
    }));
    const rows = await pool.computeRows({ name: 'trainRow', tasks });
    expect(rows.map(({ row }) => row)).toEqual([0, 1, 2, 3]);
    const messages = workers.flatMap(({ received }) => received);
    const sent = messages.flatMap((message) => ('parts' in message ? message.parts : []));
    const inputs = sent.filter(({ value }) => 'marginals' in (value as object));
    expect(inputs).toHaveLength(4);
    const rest = messages.map((message) => ('input' in message ? message.input : null));
    expect(JSON.stringify(rest)).not.toContain('marginals');
  });

  it('computes rows of the theory as this thread does', async () => {
    const pool = await openPool({ threads: 2 });
    const { rows: tasks } = planPhase({
      features: 3,
      dims: 1,
      shape: 'uniform',
      density: { from: 0.5, to: 0.05, count: 3 },
      importance: { from: 0.2, to: 5, count: 3 },
      trained: { loss: 'sampled', restarts: 2, stopAtGap: 0, activeEntries: 1000 },
      seed: 3,
    });
    expect(await pool.computeRows({ name: 'phaseRow', tasks })).toEqual(tasks.map(phaseRow));
    await pool.close();
  });
});
