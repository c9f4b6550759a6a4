import { describe, expect, it } from 'vitest';
import { moments, type FeatureDistribution } from '@polysem/core/features';
import { defaultGridTraining } from '../src/names/grid-training.ts';
import { gridCell, type GridSpec } from '../src/phase/grid-spec.ts';
import { planGrid } from '../src/phase/plan-grid.ts';

const spec: GridSpec = {
  architecture: { task: 'compression', activation: 'relu' },
  shape: 'uniform',
  unitVariance: true,
  features: 3,
  dims: 1,
  importance: 1,
  density: 0.1,
  importancePower: 1,
  x: { parameter: 'importance', values: [0.5, 1, 2] },
  y: { parameter: 'density', values: [0.2, 0.1] },
  training: defaultGridTraining,
  seed: 0,
};

const withX = (...values: number[]) =>
  planGrid({ ...spec, x: { parameter: 'importance', values } });

describe('the axes of a grid', () => {
  it.each([
    [[0.1, 0.1], 0.1, 0.1],
    [[1, 2, 2], 2, 2],
    [[2, 1, 1], 1, 1],
    [[1, 2, 1.5], 1.5, 2],
    [[2, 1, 1.5], 1.5, 1],
  ])('reject %j, whose values neither ascend nor descend', (values, got, before) => {
    expect(() => withX(...values)).toThrow(
      `x: importance must ascend or descend, got ${got} after ${before}`,
    );
  });

  it('take one value, and two in either order', () => {
    expect(withX(1).cells[0]).toHaveLength(1);
    expect(withX(1, 2).cells[0]).toHaveLength(2);
    expect(withX(2, 1).cells[0]).toHaveLength(2);
  });

  it('reject no values, fractions of a feature, and two axes of one parameter', () => {
    expect(() => withX()).toThrow('x: importance needs at least one value, got none');
    expect(() => withX(0, 1)).toThrow('x: importance');
    const fraction = { parameter: 'features', values: [2, 2.5] } as const;
    expect(() => planGrid({ ...spec, x: fraction })).toThrow(
      'x: features must be integers, got 2.5',
    );
    expect(() => planGrid({ ...spec, x: spec.y })).toThrow('y: density is on the other axis');
  });
});

describe('the counts of a grid', () => {
  it.each(['rows', 'screeningRows', 'restarts', 'iterations'] as const)(
    'take 1 and reject 0 for %s',
    (field) => {
      const training = (value: number) => ({ ...spec.training, [field]: value });
      expect(planGrid({ ...spec, training: training(1) }).cells).toHaveLength(2);
      expect(() => planGrid({ ...spec, training: training(0) })).toThrow(`${field}: `);
    },
  );

  it.each(['moreRestarts', 'passes'] as const)('take 0 and reject -1 for %s', (field) => {
    const training = (value: number) => ({ ...spec.training, [field]: value });
    expect(planGrid({ ...spec, training: training(0) }).cells).toHaveLength(2);
    expect(() => planGrid({ ...spec, training: training(-1) })).toThrow(`${field}: `);
  });

  it('reject an exponent of 0 or infinity for the importance', () => {
    for (const importancePower of [0, Infinity, NaN])
      expect(() => planGrid({ ...spec, importancePower })).toThrow('importancePower: ');
  });
});

describe('the inputs of a cell', () => {
  const kurtoses = { parameter: 'kurtosis', values: [40, 100] } as const;

  it('have the requested kurtosis by their density', () => {
    const grid = { ...spec, x: kurtoses, y: { parameter: 'importance', values: [1] } } as const;
    kurtoses.values.forEach((kurtosis, column) => {
      const { inputs } = gridCell(grid, 0, column);
      expect(moments(inputs as FeatureDistribution).kurtosis).toBeCloseTo(kurtosis, 9);
    });
  });

  it('have the requested kurtosis and density by the tails of Student t', () => {
    const grid = { ...spec, shape: 'student-t', x: kurtoses, degreesOfFreedom: 9 } as const;
    planGrid(grid);
    spec.y.values.forEach((density, row) => {
      kurtoses.values.forEach((kurtosis, column) => {
        const { inputs } = gridCell(grid, row, column);
        expect(moments(inputs as FeatureDistribution).kurtosis).toBeCloseTo(kurtosis, 9);
        expect(inputs).toMatchObject({ density });
      });
    });
  });

  it('reject a kurtosis that no Student t of the density has', () => {
    const grid = { ...spec, shape: 'student-t', degreesOfFreedom: 9 } as const;
    const at = (kurtosis: number) =>
      planGrid({ ...grid, x: { parameter: 'kurtosis', values: [kurtosis] } });
    // At density 0.1 the kurtosis exceeds 30; at 0.2 it exceeds 15.
    expect(() => at(30)).toThrow('at density 0.1 student-t has kurtosis above 30, got 30');
    expect(at(31).cells).toHaveLength(2);
  });
});
