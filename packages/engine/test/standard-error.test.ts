import { dataInputs, dataSet } from '@polysem/core/features';
import { childGenerator, generator, normal } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { fastestKernel } from '../src/kernels/fastest-kernel.ts';
import { typescriptKernel } from '../src/kernels/typescript-kernel.ts';
import { planTraining } from '../src/training/plan.ts';
import { groupsOfRows, standardErrorOf } from '../src/training/standard-error.ts';
import { train } from '../src/training/train.ts';
import { firstJob, inputs, model, run, spec } from './job-cases.ts';

/** Fraction of estimates within 1.96 of their standard errors of the mean of all estimates. */
function coverage(estimates: readonly { loss: number; error: number }[]): number {
  const mean = estimates.reduce((sum, { loss }) => sum + loss, 0) / estimates.length;
  const covering = estimates.filter(({ loss, error }) => Math.abs(loss - mean) <= 1.96 * error);
  return covering.length / estimates.length;
}

describe('the standard error of a held-out loss', () => {
  it('covers the expected loss in 95 % of the cases', () => {
    const kernel = fastestKernel([model]);
    // The same model, evaluated on different held-out inputs.
    const job = firstJob(spec({ steps: 1 }));
    const estimates = Array.from({ length: 400 }, (_, seed) => {
      const heldOut = {
        kind: 'batches',
        stream: childGenerator(generator(seed), 7),
        batches: 64,
      } as const;
      const { loss, lossError } = run(kernel, { ...job, heldOut });
      return { loss: loss as number, error: lossError as number };
    });
    // 4.5 standard deviations of a binomial fraction.
    expect(Math.abs(coverage(estimates) - 0.95)).toBeLessThan(0.05);
    const [{ loss, error }] = estimates;
    expect(error / loss).toBeGreaterThan(0.003);
    expect(error / loss).toBeLessThan(0.3);
  });

  it('covers the expected loss for held-out rows of data, whatever their number', () => {
    const features = 3;
    const small = { ...model, features, importance: [1, 1, 1] };
    for (const rows of [150, 1000]) {
      const estimates = Array.from({ length: 150 }, (_, seed) => {
        const g = generator(seed);
        const data = dataSet(
          Float64Array.from({ length: 2 * rows * features }, () => normal(g)),
          2 * rows,
          features,
        );
        const one = spec({ model: small, inputs: dataInputs(data, 0.5), steps: 1 });
        const { problem } = planTraining(one, { data, kernel: typescriptKernel });
        const evaluation = problem.evaluation?.();
        // The same weights for every data set.
        const at = Float64Array.of(1, 0, -0.5, 0.5, 0, 1, 0, 0, 0);
        return {
          loss: evaluation?.value(at) as number,
          error: evaluation?.error?.(at) as number,
        };
      });
      expect(Math.abs(coverage(estimates) - 0.95)).toBeLessThan(0.08);
    }
  });

  it('is absent for exact losses, strata, and too few groups', () => {
    const quadratic = { task: 'computation', activation: 'quadratic', dims: 1 } as const;
    const exact = train({
      ...spec({ model: { ...quadratic, features: 2, importance: [1, 1] } }),
      inputs: { shape: 'uniform', density: 0.3, unitVariance: true },
      loss: 'exact',
      optimiser: { name: 'lbfgs' },
    });
    expect(exact.lossError).toBe(null);
    const lbfgs = spec({ optimiser: { name: 'lbfgs' }, batch: 500, steps: 3, restarts: 1 });
    const { lossError, runs } = train(lbfgs);
    expect(lossError).toBeGreaterThan(0);
    expect(runs[0].lossError).toBe(lossError);
    expect(train({ ...lbfgs, sampling: 'strata' }).lossError).toBe(null);
    expect(train(spec({ batch: 1 << 16, steps: 1, restarts: 1 })).lossError).toBe(null);
    expect(train(spec({ steps: 1, restarts: 1, inputs })).lossError).toBeGreaterThan(0);
  });

  it('is the standard deviation of the group means over the root of their number', () => {
    const means = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(standardErrorOf(means)).toBeCloseTo(Math.sqrt(7.5 / 9), 14);
    expect(standardErrorOf(means, 0.25)).toBeCloseTo(Math.sqrt(7.5 / 9) / 2, 14);
    expect(standardErrorOf(means.slice(0, 7))).toBe(null);
  });

  it('takes groups of equal size', () => {
    expect(groupsOfRows(130).map(({ length }) => length)).toEqual(Array(64).fill(2));
    expect(groupsOfRows(130)[63]).toEqual(Uint32Array.of(126, 127));
    expect(groupsOfRows(5).length).toBe(5);
    expect(groupsOfRows(0)).toEqual([]);
  });
});
