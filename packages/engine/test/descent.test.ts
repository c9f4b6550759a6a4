import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginDescent, descend, type DescentPlan } from '../src/descent/descend.ts';
import { clipFactor, gradientNorm } from '../src/descent/clip.ts';
import { descentStep, firstOrderDefaults, type FirstOrder } from '../src/descent/optimiser.ts';
import { generator, normal, childGenerator } from '@polysem/numerics/random';
import { initialParameters } from '../src/training/initialise.ts';
import { kernelNamed } from '../src/kernels/fastest-kernel.ts';
import { beginLbfgs, continueLbfgs, lbfgs, resumeLbfgs } from '../src/descent/lbfgs.ts';
import { optimiserNames } from '../src/names/optimisers.ts';
import { lossRounding } from '../src/kernels/kernel.ts';
import { scheduleFactor } from '../src/descent/schedule.ts';
import { stratify } from '@polysem/core/features';
import type { Loss } from '../src/models/loss.ts';

/** Rosenbrock's valley, whose minimum 0 lies at (1, 1). */
const rosenbrock: Loss = {
  size: 2,
  evaluate: (x, gradient) => {
    const [a, b] = [1 - x[0], x[1] - x[0] * x[0]];
    gradient[0] = -2 * a - 400 * x[0] * b;
    gradient[1] = 200 * b;
    return a * a + 100 * b * b;
  },
};

describe('lbfgs', () => {
  it('follows the Rosenbrock valley to its minimum', () => {
    const end = lbfgs(rosenbrock, Float64Array.of(-1.2, 1));
    expect(end.stopped).not.toBe('iterations');
    expect(end.parameters[0]).toBeCloseTo(1, 8);
    expect(end.parameters[1]).toBeCloseTo(1, 8);
    expect(end.evaluations).toBeLessThan(80);
  });

  it('solves ill-conditioned convex quadratics', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom('strong' as const, 'weak' as const),
        (size, decades, wolfe) => {
          const stiffness = Float64Array.from(
            { length: size },
            (_, j) => 10 ** ((decades * j) / size),
          );
          const bowl: Loss = {
            size,
            evaluate: (x, gradient) => {
              let value = 0;
              for (let j = 0; j < size; j++) {
                gradient[j] = stiffness[j] * (x[j] - j);
                value += (stiffness[j] * (x[j] - j) ** 2) / 2;
              }
              return value;
            },
          };
          const end = lbfgs(bowl, new Float64Array(size).fill(5), { wolfe });
          // It stops when the largest entry of the gradient has fallen to 1e-10 of its first value.
          const first = Math.max(...stiffness.map((k, j) => k * Math.abs(5 - j)));
          end.parameters.forEach((x, j) =>
            expect(Math.abs(x - j) * stiffness[j]).toBeLessThan(1e-9 * first + 1e-9),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is not stopped by the kinks of rectifiers where a weak line search is, and ends as low', () => {
    const kernel = kernelNamed('wasm-simd');
    const model = {
      task: 'computation',
      activation: 'relu',
      bias: true,
      outputWeights: 'fixed',
      features: 6,
      dims: 3,
      importance: [2, 1, 1, 1, 1, 1],
    } as const;
    const inputs = { shape: 'uniform', density: 0.1, unitVariance: true } as const;
    const batch = stratify(generator(1), inputs, 6, { rows: 512 });
    const loss = kernel.given(model, batch);
    const options = { memory: 12, maxIterations: 300, rounding: lossRounding(kernel) };
    const totals = (['strong', 'weak'] as const).map((wolfe) => {
      const ends = Array.from({ length: 12 }, (_, k) => {
        const start = initialParameters(model, { name: 'xavier' }, childGenerator(generator(2), k));
        return lbfgs(loss, start, { ...options, wolfe });
      });
      return {
        trials: ends.reduce((sum, { evaluations }) => sum + evaluations, 0),
        iterations: ends.reduce((sum, { iterations }) => sum + iterations, 0),
        least: Math.min(...ends.map((end) => end.loss)),
      };
    });
    const [strong, weak] = totals;
    // 1.6 evaluations per iteration instead of 4.4, the same on every machine.
    expect(weak.trials / weak.iterations).toBeLessThan(2);
    expect(weak.trials).toBeLessThan(strong.trials / 2);
    // Restarts may diverge at a kink, so only the best are compared.
    expect(Math.abs(Math.log(weak.least / strong.least))).toBeLessThan(0.02);
  });

  it('continues more precisely after a search that stopped at a rough precision', () => {
    const state = beginLbfgs(rosenbrock, Float64Array.of(-1.2, 1));
    continueLbfgs(rosenbrock, state, Infinity, { rounding: 0.3 });
    expect(state.stopped).toBe('precision');
    expect(state.loss).toBeGreaterThan(1e-3);
    resumeLbfgs(state);
    continueLbfgs(rosenbrock, state, Infinity);
    expect(state.loss).toBeLessThan(1e-15);
  });

  it('stops at once at a minimum, and reports a loss that is not finite', () => {
    expect(lbfgs(rosenbrock, Float64Array.of(1, 1)).iterations).toBe(0);
    expect(lbfgs(rosenbrock, Float64Array.of(NaN, 1)).stopped).toBe('non-finite');
  });
});

describe('first-order optimisers', () => {
  it('and L-BFGS are the names of optimisers', () => {
    expect(optimiserNames).toEqual(['lbfgs', ...Object.keys(firstOrderDefaults)]);
  });

  const after = (optimiser: FirstOrder, steps: number, slope = 3): number => {
    const state = beginDescent([1]);
    for (let step = 0; step < steps; step++)
      descentStep(optimiser, state, Float64Array.of(slope), 0.1);
    expect(state.step).toBe(steps);
    return state.parameters[0];
  };
  const { sgd, adam, adamw } = firstOrderDefaults;

  it('take the textbook steps on a constant slope', () => {
    // Adam's first steps equal the learning rate for any gradient; momentum sums 1, 1.9, ..
    expect(after(adam, 2)).toBeCloseTo(0.8, 7);
    expect(after(sgd, 2)).toBeCloseTo(1 - 0.3 - 0.57, 12);
    // AdamW: each step also subtracts 0.1 * 0.01 of the weight.
    expect(after(adamw, 1)).toBeCloseTo(1 - 0.001 - 0.1, 7);
    expect(after({ ...adam, weightDecay: 0.5 }, 1)).toBeCloseTo(0.9, 7);
    // The decay of SGD is part of the gradient: 3 + 0.5 * 1, and then 0.9 times that + 3 + 0.5 *
    // 0.65.
    expect(after({ ...sgd, weightDecay: 0.5 }, 1)).toBeCloseTo(0.65, 12);
    expect(after({ ...sgd, weightDecay: 0.5 }, 2)).toBeCloseTo(0.65 - 0.1 * (3.15 + 3.325), 12);
  });

  it('add the decay of Adam to the gradient, which can turn the step around', () => {
    // A slope of -0.3 with a decay of 0.5 pulls a weight of 1 down by 0.2, and one of 0.9 by 0.15.
    const decayed = { ...adam, weightDecay: 0.5 };
    expect(after(adam, 1, -0.3)).toBeCloseTo(1.1, 6);
    expect(after(decayed, 1, -0.3)).toBeCloseTo(0.9, 6);
    const mean = (0.9 * 0.1 * 0.2 + 0.1 * 0.15) / (1 - 0.9 ** 2);
    const square = (0.999 * 0.001 * 0.2 ** 2 + 0.001 * 0.15 ** 2) / (1 - 0.999 ** 2);
    expect(after(decayed, 2, -0.3)).toBeCloseTo(0.9 - (0.1 * mean) / Math.sqrt(square), 6);
  });

  it('subtract the decay of AdamW from the weight, apart from the gradient', () => {
    const decayed = { ...adamw, weightDecay: 0.5 };
    expect(after(decayed, 1, -0.3)).toBeCloseTo(1 - 0.05 + 0.1, 6);
    expect(after(decayed, 2, -0.3)).toBeCloseTo(1.05 - 0.05 * 1.05 + 0.1, 6);
  });

  it('do not depend on the scale of the gradient if they are Adam', () => {
    const g = generator(1);
    const slopes = Array.from({ length: 50 }, () => normal(g));
    const end = (scale: number): number => {
      const state = beginDescent([0]);
      for (const slope of slopes)
        descentStep({ ...adam, epsilon: 0 }, state, Float64Array.of(slope * scale), 0.01);
      return state.parameters[0];
    };
    expect(end(1000)).toBeCloseTo(end(1), 12);
  });
});

describe('schedules', () => {
  it('rise linearly to the full rate, then stay or fall along half a cosine', () => {
    const factors = (shape: 'constant' | 'cosine', warmUp: number, steps: number) =>
      Array.from({ length: steps }, (_, step) => scheduleFactor({ shape, warmUp }, step, steps));
    expect(factors('constant', 4, 6)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
    const cosine = factors('cosine', 2, 6);
    expect(cosine.slice(0, 3)).toEqual([0.5, 1, 1]);
    [0.5 + Math.SQRT1_2 / 2, 0.5, 0.5 - Math.SQRT1_2 / 2].forEach((factor, i) =>
      expect(cosine[3 + i]).toBeCloseTo(factor, 14),
    );
    // Without warm-up the cosine sums to (steps + 1) / 2.
    expect(factors('cosine', 0, 100).reduce((a, b) => a + b)).toBeCloseTo(50.5, 10);
  });
});

describe('clipping', () => {
  it('scales a long gradient down to the bound and leaves a short one unchanged', () => {
    expect(gradientNorm(Float64Array.of(3, 4, 0))).toBe(5);
    expect([clipFactor(5, 1), clipFactor(5, 5), clipFactor(5, 9)]).toEqual([0.2, 1, 1]);
    expect([clipFactor(5, null), clipFactor(0, 1)]).toEqual([1, 1]);
  });
});

describe('descend', () => {
  const slope: Loss = {
    size: 2,
    evaluate: (x, gradient) => {
      gradient.set([3, 4]);
      return 3 * x[0] + 4 * x[1];
    },
  };
  const plan: DescentPlan = {
    optimiser: { name: 'sgd', momentum: 0, weightDecay: 0 },
    learningRate: 1,
    schedule: { shape: 'constant', warmUp: 0 },
    steps: 4,
    clip: null,
  };

  it('takes the given number of steps and records the loss before each', () => {
    const state = beginDescent([0, 0]);
    const losses = new Float64Array(2);
    expect(descend(() => slope, plan, state, losses)).toBe(2);
    expect([...losses, ...state.parameters, state.step]).toEqual([0, -25, -6, -8, 2]);
    descend(() => slope, plan, state, losses);
    expect([...losses, state.step]).toEqual([-50, -75, 4]);
  });

  it('clips the gradient before the optimiser uses it', () => {
    const state = beginDescent([0, 0]);
    descend(() => slope, { ...plan, clip: 1 }, state, new Float64Array(1));
    expect(state.parameters[0]).toBeCloseTo(-0.6, 15);
    expect(state.parameters[1]).toBeCloseTo(-0.8, 15);
  });

  it.each([
    ['loss', Infinity, 1],
    ['loss', NaN, 1],
    ['gradient', 1, NaN],
    ['gradient', 1, Infinity],
    // The square of this number overflows.
    ['gradient', 1, 1e200],
  ])('stops before the step where the %s is not finite (%d, %d)', (_, value, pull) => {
    const lossAt = (step: number): Loss => ({
      size: 1,
      evaluate: (x, gradient) => {
        gradient[0] = step < 3 ? 1 : pull;
        return step < 3 ? x[0] : value;
      },
    });
    const state = beginDescent([9]);
    const losses = new Float64Array(10);
    expect(descend(lossAt, { ...plan, steps: 10 }, state, losses)).toBe(3);
    expect([state.step, state.parameters[0], state.first[0]]).toEqual([3, 6, 1]);
  });
});
