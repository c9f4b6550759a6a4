import { describe, expect, it } from 'vitest';
import { defaultGridTraining } from '../src/names/grid-training.ts';
import type { GridSpec } from '../src/phase/grid-spec.ts';
import { generator } from '@polysem/numerics/random';
import { kernelNamed } from '../src/kernels/fastest-kernel.ts';
import { stratify } from '@polysem/core/features';
import { cellLosses } from '../src/phase/cell-losses.ts';
import { planGrid } from '../src/phase/plan-grid.ts';
import { randomStart } from '../src/phase/random-start.ts';
import { trainGrid } from '../src/phase/train-grid.ts';
import { trainRow, type TrainedRow } from '../src/phase/train-row.ts';

function specOf(
  task: 'compression' | 'computation',
  training: Partial<GridSpec['training']>,
): GridSpec {
  const isCompression = task === 'compression';
  return {
    architecture:
      task === 'compression'
        ? { task, activation: 'relu' }
        : { task, activation: 'relu', outputWeights: 'fixed' },
    shape: isCompression ? 'uniform-positive' : 'uniform',
    unitVariance: !isCompression,
    features: 4,
    dims: 2,
    importance: 1,
    density: 0.1,
    importancePower: 1,
    x: { parameter: 'importance', values: [0.3, 1, 3] },
    y: { parameter: 'density', values: [0.1] },
    training: { ...defaultGridTraining, restarts: 6, ...training },
    seed: 2,
  };
}

function row(...words: Parameters<typeof specOf>): TrainedRow {
  const { spec, cells: planned } = planGrid(specOf(...words));
  const cells = planned[0].map((cell) => ({
    cell,
    best: null,
    firstRestart: 0,
    restarts: 6,
    starts: [],
  }));
  return trainRow(kernelNamed('wasm-simd'), { spec, row: 0, cells });
}

describe('screening of random starts', () => {
  it('leads to the optima that training every start in full leads to', () => {
    const [screened, full] = [256, 100_000].map((screeningRows) =>
      row('compression', { screeningRows }),
    );
    screened.cells.forEach(({ best, restarts }, column) => {
      const other = full.cells[column];
      expect(restarts).toHaveLength(6);
      // Alike features may have changed places, and inputs are few enough to tell: losses differ by some percent then.
      const [first, second] = [best, other.best].map((found) => [
        found?.capacity[0] ?? NaN,
        ...Array.from(found?.capacity.subarray(1) ?? []).toSorted((a, b) => a - b),
      ]);
      first.forEach((c, i) => expect(Math.abs(c - second[i])).toBeLessThan(0.02));
      expect(Math.abs(Math.log((best?.loss ?? NaN) / (other.best?.loss ?? NaN)))).toBeLessThan(0.1);
    });
  });

  it('is on the training loss itself for models of one output', () => {
    expect(row('computation', { screeningRows: 16 })).toEqual(row('computation', {}));
  });
});

describe('random starts of models with one output', () => {
  const { spec, cells } = planGrid(specOf('computation', {}));
  const [, , cell] = cells[0];
  const losses = cellLosses(kernelNamed('wasm-simd'), spec)(cell);

  it('put most features into one neuron each, with the weight of their importance', () => {
    const starts = Array.from({ length: 50 }, (_, k) => randomStart(cell, losses, 0, generator(k)));
    const { dims, importance } = cell.model;
    const largest = starts.flatMap((w) =>
      importance.map((v, i) => Math.max(...w.subarray(i * dims, (i + 1) * dims)) / v),
    );
    const mean = largest.reduce((a, b) => a + b, 0) / largest.length;
    expect(Math.min(...largest)).toBeGreaterThan(0);
    expect(Math.abs(mean - 1)).toBeLessThan(0.1);
  });

  it('take turns with starts that do not depend on importances', () => {
    const [grouped, free] = [0, 2].map((restart) =>
      [1, 1000].map((v) => {
        const importance = cell.model.importance.map(() => v);
        const model = { ...cell.model, importance };
        return randomStart({ ...cell, model }, losses, restart, generator(1));
      }),
    );
    expect(free[1]).toEqual(free[0]);
    expect(grouped[1][0] / grouped[0][0]).toBeCloseTo(1000, 6);
  });

  it('are abandoned where they approach a worse optimum than the best', () => {
    const ends = row('computation', {}).cells.flatMap(({ best, restarts }) =>
      restarts.map((end) => ({ ...end, excess: end.loss / (best?.loss ?? NaN) - 1 })),
    );
    const abandoned = ends.filter(({ isFinished }) => !isFinished);
    expect(abandoned.length).toBeGreaterThan(0);
    for (const { excess } of abandoned) expect(excess).toBeGreaterThan(0);
  });
});

describe('distinct optima seen', () => {
  it('are those of starts trained to the end', async () => {
    const spec: GridSpec = {
      ...specOf('compression', {}),
      x: { parameter: 'importance', values: [1] },
    };
    const end = (loss: number, isFinished: boolean) => ({ loss, capacity: 0.5, isFinished });
    const restarts = [end(1, true), end(2, true), end(2, true), end(3, false), end(4, false)];
    const { optima, restarts: taken } = await trainGrid(planGrid(spec), async (_pass, tasks) =>
      tasks.map((task) => ({ row: task.row, cells: [{ best: null, isBetter: false, restarts }] })),
    );
    expect([optima[0], taken[0]]).toEqual([2, 5]);
  });
});

describe('strata with few rows a set', () => {
  const inputs = { shape: 'uniform', density: 0.2, unitVariance: true } as const;

  it('are as few as asked for, and weigh 1 together', () => {
    const rough = stratify(generator(1), inputs, 4, { rows: 64, leastRows: 2 });
    const fine = stratify(generator(1), inputs, 4, { rows: 64 });
    // 15 sets that are not empty, 32 rows each at least by default.
    expect(fine.rows).toBeGreaterThanOrEqual(15 * 32);
    expect(rough.rows).toBeLessThan(15 * 8);
    for (const { weights, emptyWeight } of [rough, fine]) {
      const total = weights.reduce((sum, weight) => sum + weight, emptyWeight);
      expect(total).toBeCloseTo(1, 12);
    }
  });

  it('are refused where they are no number of rows', () => {
    for (const leastRows of [0, 1.5, NaN]) {
      expect(() => stratify(generator(1), inputs, 4, { rows: 64, leastRows })).toThrow(
        /^leastRows: must be a positive integer/,
      );
    }
  });
});
