import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nanosecondsOf } from '../packages/engine/src/kernels/program/cost-constants.ts';
import { compare, summary } from '../bench/training/compare-times.mjs';
import { nonNegativeFit } from '../bench/training/non-negative-fit.mjs';

interface Times {
  readonly machine: { readonly node: string };
  readonly rows: readonly { readonly nanoseconds: Readonly<Record<string, number>> }[];
}

const times = JSON.parse(
  readFileSync(new URL('../bench/training/method-times.json', import.meta.url), 'utf8'),
) as Times;

describe('the cost model, against measured times of training steps', () => {
  const { regret, factors } = summary(times.rows.map((row) => compare(row, nanosecondsOf)));

  it('chooses the fastest method or one that is nearly as fast', () => {
    expect(regret.mean).toBeLessThan(0.03);
    expect(regret.most).toBeLessThan(0.1);
    expect(regret.worst).toBeLessThan(0.3);
  });

  it('predicts the times of all methods', () => {
    expect(factors.half).toBeLessThan(1.15);
    expect(factors.most).toBeLessThan(1.4);
    expect(factors.all).toBeLessThan(2.5);
  });

  it('has a cost for each operation, from models of all sizes', () => {
    expect(times.rows.length).toBeGreaterThan(200);
    expect(times.machine.node).toMatch(/^24\./);
  });
});

describe('the non-negative fit', () => {
  it('solves a system with a positive solution', () => {
    const x = nonNegativeFit(
      [
        [1, 2],
        [3, 1],
        [1, 1],
      ],
      [5, 5, 3],
    );
    expect(x[0]).toBeCloseTo(1, 9);
    expect(x[1]).toBeCloseTo(2, 9);
  });

  it('sets unknowns to 0 that would be negative', () => {
    const x = nonNegativeFit(
      [
        [1, 1],
        [1, 2],
      ],
      [1, 0],
    );
    expect(x[1]).toBe(0);
    expect(x[0]).toBeCloseTo(0.5, 9);
  });
});
