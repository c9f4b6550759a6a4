import { describe, expect, it } from 'vitest';
import { batchLoss } from '../src/models/batch-loss.ts';
import { firstOrderDefaults, type FirstOrder } from '../src/descent/optimiser.ts';
import { generator, integerBelow } from '@polysem/numerics/random';
import type { Instance, InstanceState, Kernel } from '../src/kernels/kernel.ts';
import type { Schedule } from '../src/descent/schedule.ts';
import { roundingBounds } from './rounding-bounds.ts';
import { kernels, KINDS, modelsOf, modelOf, instanceOf, parametersOf } from './kernel-cases.ts';

describe.each(kernels)('the kernel $kernel.name', ({ kernel, epsilon }) => {
  describe('takes the steps of the published algorithm', () => {
    const { sgd, adam, adamw } = firstOrderDefaults;
    const settings: [string, FirstOrder, Omit<Partial<Instance>, 'inputs'>][] = [
      ['sgd', { ...sgd, momentum: 0 }, {}],
      ['sgd with momentum', sgd, {}],
      ['sgd with weight decay', { ...sgd, weightDecay: 0.1 }, {}],
      ['adam', adam, {}],
      ['adam with weight decay', { ...adam, weightDecay: 0.1 }, {}],
      ['adam with other constants', { ...adam, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }, {}],
      ['adamw', { ...adamw, weightDecay: 0.1 }, {}],
      ['clipped sgd', sgd, { clip: 0.05 }],
      ['clipped adam', adam, { clip: 0.05 }],
      ['a clip that is never reached', sgd, { clip: 1e6 }],
      ['warm-up', adam, { schedule: { shape: 'constant', warmUp: 4 } }],
      ['warm-up and cosine', sgd, { schedule: { shape: 'cosine', warmUp: 3 }, steps: 9 }],
    ];
    it.each(settings)('%s', (__, optimiser, overrides) => {
      for (const [kind, features, dims] of [
        ['compression, tied', 13, 5],
        ['computation, free', 6, 3],
      ] as const) {
        const model = modelOf(KINDS[kind], 'gelu', features, dims);
        const instance = instanceOf(model, { optimiser, ...overrides });
        const state = kernel.begin(parametersOf(model, 7));
        for (let step = 0; step < 9; step++) {
          const before = structuredClone(state);
          const losses = new Float64Array(1);
          expect(kernel.advance(instance, state, losses)).toBe(1);
          expect(state.step).toBe(step + 1);
          checkStep(kernel, epsilon, instance, before, state, losses[0]);
        }
      }
    });
  });

  it('starts from the given parameters, in its own precision', () => {
    const start = [0.1, -2, 1 / 3, 0];
    const { parameters, first, second, step } = kernel.begin(start);
    const rounded = epsilon === 2 ** -24 ? start.map(Math.fround) : start;
    expect([...parameters]).toEqual(rounded);
    expect([...first, ...second, step]).toEqual(Array.from({ length: 9 }, () => 0));
  });

  it('gives the same bytes however steps are divided into calls, and with other instances in between', () => {
    const g = generator(3);
    for (const [name, kind, activation] of modelsOf(kernel)) {
      const model = modelOf(kind, activation, 6, 3);
      const instance = instanceOf(model, { steps: 40, clip: 0.5 });
      const other = instanceOf(modelOf(KINDS['compression, untied'], 'gelu', 9, 4), { batch: 51 });
      const whole = kernel.begin(parametersOf(model, 1));
      const wholeLosses = new Float64Array(40);
      expect(kernel.advance(instance, whole, wholeLosses)).toBe(40);

      const pieces = kernel.begin(parametersOf(model, 1));
      const beside = kernel.begin(parametersOf(other.model, 4));
      const losses: number[] = [];
      while (pieces.step < 40) {
        const some = new Float64Array(Math.min(40 - pieces.step, 1 + integerBelow(g, 9)));
        kernel.advance(instance, pieces, some);
        losses.push(...some);
        kernel.advance(other, beside, new Float64Array(1));
        kernel.evaluate(other, beside.parameters, other.stream, 1);
      }
      expect(pieces, name).toEqual(whole);
      expect(losses, name).toEqual([...wholeLosses]);
    }
  });

  it('stops before a step whose loss or gradient is not finite, and leaves the state unchanged', () => {
    const model = modelOf(KINDS['compression, tied'], 'relu', 5, 2);
    const far = epsilon === 2 ** -24 ? 1e18 : 1e120;
    const state = kernel.begin(parametersOf(model, 1).fill(far));
    const before = structuredClone(state);
    expect(kernel.advance(instanceOf(model), state, new Float64Array(3))).toBe(0);
    expect(state).toEqual(before);

    const wild = instanceOf(model, { optimiser: firstOrderDefaults.sgd, learningRate: 1e3 });
    const run = kernel.begin(parametersOf(model, 1));
    const losses = new Float64Array(200);
    const taken = kernel.advance(wild, run, losses);
    expect(taken).toBeGreaterThan(1);
    expect(taken).toBeLessThan(200);
    expect(run.step).toBe(taken);
    expect(run.parameters.every(Number.isFinite)).toBe(true);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(kernel.advance(wild, run, losses)).toBe(0);
  });
});

/**
 * Checks a step against the formulae, written out in float64 (Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019,
 * algorithm 2; Sutskever et al. 2013 as in PyTorch). Moments are compared with the gradient of the reference on the
 * kernel's batch, and parameters with the kernel's own moments, because Adam divides one rounding error by another.
 */
function checkStep(
  kernel: Kernel,
  epsilon: number,
  instance: Instance,
  before: InstanceState,
  after: InstanceState,
  loss: number,
): void {
  const { model, optimiser, learningRate, schedule, steps, clip } = instance;
  const batch = kernel.inputs(instance, before.step);
  const size = before.parameters.length;
  const gradient = new Float64Array(size);
  const exactLoss = batchLoss(model, batch).evaluate(
    Float64Array.from(before.parameters),
    gradient,
  );
  const bounds = roundingBounds(model, batch, before.parameters, epsilon);
  expect(Math.abs(loss - exactLoss)).toBeLessThanOrEqual(bounds.loss);

  const norm = Math.hypot(...gradient);
  const isClipped = clip !== null && norm > clip;
  const factor = isClipped ? clip / norm : 1;
  const normError = isClipped ? Math.hypot(...bounds.gradient) / norm + size * epsilon : 0;
  const rate = learningRate * rateFactor(schedule, before.step, steps);
  const slack = 16 * epsilon;
  for (let j = 0; j < size; j++) {
    const w = before.parameters[j];
    const decay = optimiser.weightDecay * w;
    const coupled = optimiser.name === 'adamw' ? 0 : decay;
    const slope = factor * gradient[j] + coupled;
    const slopeError =
      factor * (bounds.gradient[j] + 2 * normError * Math.abs(gradient[j])) +
      slack * (Math.abs(factor * gradient[j]) + Math.abs(coupled));
    const [m, v] = [after.first[j], after.second[j]];
    if (optimiser.name === 'sgd') {
      const kept = optimiser.momentum * before.first[j];
      expect(Math.abs(m - kept - slope)).toBeLessThanOrEqual(slopeError + slack * Math.abs(kept));
      expect(Math.abs(after.parameters[j] - (w - rate * m))).toBeLessThanOrEqual(
        slack * (Math.abs(w) + Math.abs(rate * m)),
      );
      continue;
    }
    const { beta1, beta2 } = optimiser;
    const first = beta1 * before.first[j];
    expect(Math.abs(m - first - (1 - beta1) * slope)).toBeLessThanOrEqual(
      (1 - beta1) * slopeError + slack * (Math.abs(first) + Math.abs(slope)),
    );
    const second = beta2 * before.second[j];
    expect(Math.abs(v - second - (1 - beta2) * slope ** 2)).toBeLessThanOrEqual(
      (1 - beta2) * (2 * Math.abs(slope) * slopeError + slopeError ** 2) +
        slack * (second + slope ** 2),
    );
    const mHat = m / (1 - beta1 ** after.step);
    const vHat = v / (1 - beta2 ** after.step);
    const move = rate * (mHat / (Math.sqrt(vHat) + optimiser.epsilon));
    const taken = optimiser.name === 'adamw' ? rate * decay : 0;
    // A power by squaring has an error of half an ulp per factor, which 1 - beta^t magnifies.
    const powers = [beta1, beta2].map((beta) => beta ** after.step);
    const corrections = powers.reduce(
      (sum, power) => sum + (after.step * 2 ** -52 * power) / (1 - power),
      0,
    );
    expect(Math.abs(after.parameters[j] - (w - taken - move))).toBeLessThanOrEqual(
      slack * (Math.abs(w) + Math.abs(taken)) + (2 * slack + corrections) * Math.abs(move),
    );
  }
}

/** Learning rate relative to its maximum: linear warm-up, then constant or half a cosine down to the end. */
function rateFactor({ shape, warmUp }: Schedule, step: number, steps: number): number {
  if (step < warmUp) return (step + 1) / warmUp;
  const done = (step - warmUp) / (steps - warmUp);
  return shape === 'constant' ? 1 : Math.cos((Math.PI * done) / 2) ** 2;
}
