import { describe, expect, it } from 'vitest';
import { allocateQuadratic, phaseBoundaries } from '@polysem/core/theory';
import { defaultGridTraining } from '../src/names/grid-training.ts';
import type { GridSpec } from '../src/phase/grid-spec.ts';
import { kernelNamed } from '../src/kernels/fastest-kernel.ts';
import { planGrid } from '../src/phase/plan-grid.ts';
import { refine } from '../src/phase/refine.ts';
import { trainGrid } from '../src/phase/train-grid.ts';
import { trainRow, type RowTask } from '../src/phase/train-row.ts';

/** The quadratic model has its boundaries in closed form. */
const spec: GridSpec = {
  architecture: { task: 'computation', activation: 'quadratic', outputWeights: 'fixed' },
  shape: 'uniform',
  unitVariance: true,
  features: 6,
  dims: 3,
  importance: 1,
  density: 1,
  importancePower: 1,
  x: { parameter: 'importance', values: [0.25, 0.5, 0.8, 1.6, 3] },
  y: { parameter: 'density', values: [0.9, 0.1] },
  training: { ...defaultGridTraining, restarts: 4, moreRestarts: 0, passes: 1 },
  seed: 3,
};
const kernel = kernelNamed('typescript');
const trainRows = async (tasks: readonly RowTask[]) => tasks.map((task) => trainRow(kernel, task));

describe('refinement', () => {
  it('finds where the capacity jumps below the critical kurtosis, and that it does not above', async () => {
    const diagram = await trainGrid(planGrid(spec), (_pass, tasks) => trainRows(tasks));
    const rounds = 7;
    const steps = await refine(diagram, trainRows, rounds);
    const [jump, ...others] = steps.filter(({ row }) => row === 0);
    expect(others).toEqual([]);
    // At k = 2 all or nothing, at V = 1: known to the bracket's width.
    expect(jump.column).toBe(2);
    expect(jump.from).toBeLessThanOrEqual(1);
    expect(jump.to).toBeGreaterThanOrEqual(1);
    expect(jump.to / jump.from).toBeCloseTo(2 ** (1 / 2 ** rounds), 9);
    expect(jump.capacityTo - jump.capacityFrom).toBeGreaterThan(0.99);
    // At k = 18 it rises through all values; the steps left are those of a smooth curve.
    const smooth = steps.filter(({ row }) => row === 1);
    expect(smooth.length).toBeGreaterThan(1);
    for (const { from, to, capacityFrom, capacityTo } of smooth) {
      expect(Math.abs(capacityTo - capacityFrom)).toBeLessThan(0.01);
      for (const [v, c] of [
        [from, capacityFrom],
        [to, capacityTo],
      ]) {
        const { capacity } = allocateQuadratic({
          importance: [v, 1, 1, 1, 1, 1],
          kurtosis: 18,
          dims: 3,
        });
        expect(c).toBeCloseTo(capacity[0], 5);
      }
    }
    // The grid itself sees the upper boundary between 1.6 and 3 alone.
    expect(phaseBoundaries({ features: 6, dims: 3, kurtosis: 18 }).fullFrom).toBeGreaterThan(1.6);
  });

  it('refuses columns with nothing between them, and rounds that are no count', async () => {
    const diagram = await trainGrid(
      planGrid({
        ...spec,
        x: { parameter: 'dims', values: [1, 2] },
        y: { ...spec.y, values: [0.1] },
      }),
      (_pass, tasks) => trainRows(tasks),
    );
    await expect(refine(diagram, trainRows, 1)).rejects.toThrow(/^refine: columns of dims/);
    const other = await trainGrid(
      planGrid({ ...spec, x: { ...spec.x, values: [1] } }),
      (_pass, tasks) => trainRows(tasks),
    );
    await expect(refine(other, trainRows, 0.5)).rejects.toThrow(/^refine: rounds/);
    expect(await refine(other, trainRows, 2)).toEqual([]);
  });
});
