import { describe, expect, it } from 'vitest';
import {
  axisValues,
  checkPhaseSpec,
  defaultCellTraining,
  type PhaseSpec,
} from '../src/phase/phase-spec.ts';
import { phaseRow } from '../src/phase/phase-row.ts';
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

describe('phaseRow', () => {
  it('trains every cell of the plane of Figure 4 to the certified optimum', () => {
    for (let row = 0; row < 16; row++) {
      const { capacity, trained } = phaseRow(spec, row);
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
      const { capacity, trained } = phaseRow(sampled, row);
      capacity.forEach((c, column) => (squares += (trained!.capacity[column] - c) ** 2));
    }
    expect(Math.sqrt(squares / 48)).toBeLessThan(0.03);
    expect(squares).toBeGreaterThan(0);
  });

  it('gives the same row whichever rows were computed before', () => {
    expect(phaseRow(spec, 7)).toEqual(phaseRow(spec, 7));
    expect(phaseRow({ ...spec, seed: 2 }, 7).trained).not.toEqual(phaseRow(spec, 7).trained);
  });

  it('starts every cell from weights of its own, in rows of one density too', () => {
    const same = { ...spec, density: { from: 0.1, to: 0.1, count: 2 } };
    expect(phaseRow(same, 0).trained).not.toEqual(phaseRow(same, 1).trained);
    expect(phaseRow(same, 0).capacity).toEqual(phaseRow(same, 1).capacity);
  });

  it('refuses inputs of another mean, and malformed axes', () => {
    expect(() => phaseRow({ ...spec, shape: 'uniform-positive' }, 0)).toThrow('mean 0');
    expect(() => checkPhaseSpec({ ...spec, density: { from: 0, to: 1, count: 3 } })).toThrow(
      'density',
    );
    expect(() => checkPhaseSpec({ ...spec, importance: { from: 1, to: 2, count: 0.5 } })).toThrow(
      'importance',
    );
    expect(() => checkPhaseSpec({ ...spec, dims: 0 })).toThrow('dims');
  });
});
