import { describe, expect, it } from 'vitest';
import { axisValues, defaultCellTraining, type PhaseSpec } from '../src/phase/phase-spec.ts';
import { phaseRow } from '../src/phase/phase-row.ts';
import { planPhase } from '../src/phase/plan-phase.ts';
import { variedCapacity } from '@polysem/core/theory';

const spec: PhaseSpec = {
  features: 6,
  dims: 3,
  shape: 'uniform',
  density: { from: 1, to: 0.001, count: 16 },
  importance: { from: 0.01, to: 100, count: 16 },
  trained: defaultCellTraining,
  seed: 1,
};

describe('axisValues', () => {
  it('goes from one end to the other in equal ratios', () => {
    expect(
      [...axisValues({ from: 1, to: 0.001, count: 4 })].map((x) => Number(x.toPrecision(12))),
    ).toEqual([1, 0.1, 0.01, 0.001]);
    expect([...axisValues({ from: 2, to: 2, count: 1 })]).toEqual([2]);
    expect(axisValues({ from: 0.01, to: 100, count: 64 })[63]).toBe(100);
  });
});

const rowOf = (of: PhaseSpec, row: number) => phaseRow(planPhase(of).rows[row]);

describe('phaseRow', () => {
  it('trains every cell of the plane of Figure 4 to the certified optimum', () => {
    for (let row = 0; row < 16; row++) {
      const { capacity, trained } = rowOf(spec, row);
      const kurtosis = 1.8 / axisValues(spec.density)[row];
      axisValues(spec.importance).forEach((v, column) => {
        expect(capacity[column]).toBeCloseTo(
          variedCapacity({ features: 6, dims: 3, kurtosis }, v) ?? NaN,
          9,
        );
        expect(Math.abs(trained!.gap[column])).toBeLessThan(1e-4);
        expect(Math.abs(trained!.capacity[column] - capacity[column])).toBeLessThan(0.01);
      });
    }
  });

  it('comes near it on sampled inputs', () => {
    const sampled: PhaseSpec = {
      ...spec,
      density: { from: 0.3, to: 0.03, count: 3 },
      trained: { ...defaultCellTraining, loss: 'sampled', restarts: 3, activeEntries: 50_000 },
    };
    let squares = 0;
    for (let row = 0; row < 3; row++) {
      const { capacity, trained } = rowOf(sampled, row);
      capacity.forEach((c, column) => (squares += (trained!.capacity[column] - c) ** 2));
    }
    expect(Math.sqrt(squares / 48)).toBeLessThan(0.03);
    expect(squares).toBeGreaterThan(0);
  });

  it('gives the same row whichever rows were computed before', () => {
    expect(rowOf(spec, 7)).toEqual(rowOf(spec, 7));
    expect(rowOf({ ...spec, seed: 2 }, 7).trained).not.toEqual(rowOf(spec, 7).trained);
  });

  it('starts every cell from weights of its own, in rows of one density too', () => {
    const same = { ...spec, density: { from: 0.1, to: 0.1, count: 2 } };
    expect(rowOf(same, 0).trained).not.toEqual(rowOf(same, 1).trained);
    expect(rowOf(same, 0).capacity).toEqual(rowOf(same, 1).capacity);
  });
});

describe('planPhase', () => {
  it('refuses inputs of another mean, malformed axes and no restarts', () => {
    expect(() => planPhase({ ...spec, shape: 'uniform-positive' })).toThrow('mean 0');
    expect(() => planPhase({ ...spec, trained: { ...defaultCellTraining, restarts: 0 } })).toThrow(
      'restarts: must be a positive integer, got 0',
    );
    for (const count of [1, 3]) {
      expect(() => planPhase({ ...spec, density: { from: 0.5, to: 2, count } })).toThrow(
        'density: must lie in (0, 1], got 2',
      );
    }
    expect(() => planPhase({ ...spec, density: { from: 0, to: 1, count: 3 } })).toThrow('density');
    expect(() => planPhase({ ...spec, importance: { from: 1, to: 2, count: 0.5 } })).toThrow(
      'importance',
    );
    expect(() => planPhase({ ...spec, dims: 0 })).toThrow('dims');
  });
});
