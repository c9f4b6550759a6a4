import { expect, it } from 'vitest';
import { phaseBoundaries } from '../src/theory/one-varied.ts';
import { checkProblem } from '../src/theory/quadratic-problem.ts';
import { checkStatistics } from '../src/audit/statistics.ts';

const problem = { importance: [1, 2], kurtosis: 5, dims: 1 };

it('accepts every value up to the bounds, and none beyond', () => {
  for (const accepted of [
    { importance: [1e-140, 1e140] },
    { importance: [0, 1] },
    { kurtosis: 1 },
    { kurtosis: [1e18, 1] },
    { dims: 2 },
  ])
    expect(() => checkProblem({ ...problem, ...accepted })).not.toThrow();
  for (const [refused, message] of [
    [{ importance: [1, 0.99e-140] }, 'importance: feature 1 has 9.9e-141; scale'],
    [{ importance: [1.01e140, 1] }, 'importance: feature 0 has 1.01e+140; scale'],
    [
      { importance: [1, Infinity] },
      'importance: feature 1 has Infinity; importances must be finite',
    ],
    [{ importance: [1, -1e-300] }, 'importance: feature 1 has -1e-300'],
    [{ kurtosis: 1 - 2 ** -53 }, 'kurtosis: feature 0 has 0.9999999999999999'],
    [{ kurtosis: [1, 1.01e18] }, 'kurtosis: feature 1 has 1010000000000000000'],
    [{ kurtosis: NaN }, 'kurtosis: feature 0 has NaN'],
    [{ dims: 3 }, 'dims: must be at most 2'],
  ] as const)
    expect(() => checkProblem({ ...problem, ...refused })).toThrow(message);
});

it('gives one kurtosis per feature, in arrays of its own', () => {
  const importance = Float64Array.of(3, 1);
  const checked = checkProblem({ importance, kurtosis: 7, dims: 2 });
  expect(checked).toEqual({ importance, kurtosis: Float64Array.of(7, 7), dims: 2 });
  expect(checked.importance).not.toBe(importance);
});

it('takes statistics within the same bounds', () => {
  for (const kurtosis of [1, 1e18])
    expect(checkStatistics({ importance: [1], kurtosis }).kurtosis[0]).toBe(kurtosis);
  for (const kurtosis of [0.99, 1.01e18])
    expect(() => checkStatistics({ importance: [1], kurtosis })).toThrow('kurtosis: feature 0 has');
  expect([
    ...checkStatistics({ importance: [0, 0, 1], kurtosis: [1e18, 1.01e18, 2] }).kurtosis,
  ]).toEqual([1e18, NaN, 2]);
  expect(checkStatistics({ importance: [1, 1], kurtosis: 2, density: [0, 1] }).density).toEqual(
    Float64Array.of(0, 1),
  );
  for (const density of [-1e-9, 1 + 1e-9, NaN])
    expect(() => checkStatistics({ importance: [1], kurtosis: 2, density: [density] })).toThrow(
      'density: feature 0 has',
    );
});

it('varies one of at least two features, in fewer dimensions, at any kurtosis from 1 on', () => {
  const varied = { features: 2, dims: 1, kurtosis: 1 };
  expect(phaseBoundaries(varied)).toEqual({ ignoredUpTo: 1, fullFrom: 1 });
  expect(() => phaseBoundaries({ ...varied, features: 1 })).toThrow('features: must be');
  expect(() => phaseBoundaries({ ...varied, features: 2.5 })).toThrow('features: must be');
  expect(() => phaseBoundaries({ ...varied, dims: 2 })).toThrow(
    'dims: must be an integer from 1 to 1',
  );
  expect(() => phaseBoundaries({ ...varied, features: 4, dims: 1.5 })).toThrow('dims: must be');
  for (const kurtosis of [0.99, Infinity, NaN])
    expect(() => phaseBoundaries({ ...varied, kurtosis })).toThrow('kurtosis: must be finite');
});
