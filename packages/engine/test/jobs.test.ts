import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginJob, continueJob, type BatchJob } from '../src/training/job.ts';
import { embedding } from '@polysem/core/embedding';
import { fastestKernel } from '../src/kernels/fastest-kernel.ts';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { measureCapacity } from '@polysem/core/capacity';
import { recordedSteps, trainingDefaults } from '../src/training/training-spec.ts';
import { train } from '../src/training/train.ts';
import { compareRestarts, trainedRestart, type TrainingResult } from '../src/training/result.ts';
import { planTraining } from '../src/training/plan.ts';
import { typescriptKernel } from '../src/kernels/typescript-kernel.ts';
import type { Instance, Kernel } from '../src/kernels/kernel.ts';
import type { ToyModel } from '../src/models/toy-model.ts';
import { model, spec, jobsOf, firstJob, run } from './job-cases.ts';

/** A kernel that only counts steps and reports given losses. */
function losing(lossAt: (step: number) => number): Kernel {
  return {
    ...typescriptKernel,
    advance: (_instance: Instance, state, losses) => {
      for (let i = 0; i < losses.length; i++) losses[i] = lossAt(state.step + i);
      state.step += losses.length;
      return losses.length;
    },
    evaluate: () => 0.5,
    gradient: (_instance, _parameters, step) => lossAt(step),
  };
}

describe('jobs', () => {
  it('end in the same bytes however their steps are divided into calls', () => {
    const kernels = [typescriptKernel, fastestKernel()];
    fc.assert(
      fc.property(
        fc.constantFrom(...kernels),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 8 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }),
        fc.option(
          fc.record({
            span: fc.integer({ min: 1, max: 30 }),
            improvement: fc.double({ min: 0, max: 0.3, noNaN: true }),
          }),
          { nil: null },
        ),
        (kernel, cuts, points, stopping) => {
          const history = points.toSorted((a, b) => a - b);
          const job = firstJob(spec({ history, stopping }));
          const whole = run(kernel, job);
          let cut = 0;
          // Copied each time, as if written to disk and read back.
          let pieces = beginJob(kernel, job);
          while (pieces.stopped === null) {
            pieces = structuredClone(pieces);
            continueJob(kernel, job, pieces, cuts[cut++ % cuts.length]);
          }
          expect(pieces).toEqual(whole);
          const steps = whole.history.map((entry) => entry.step);
          const reached = history.filter((step) => step <= whole.state.step);
          expect(steps.filter((step) => history.includes(step))).toEqual(reached);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('record the mean loss since the previous record, with capacities and parameters', () => {
    const job = firstJob(spec({ history: [0, 7, 20] }));
    const progress = run(typescriptKernel, job);
    const state = typescriptKernel.begin(job.start);
    const losses = new Float64Array(20);
    typescriptKernel.advance(job.instance, state, losses.subarray(0, 7));
    const atSeven = Float64Array.from(state.parameters);
    typescriptKernel.advance(job.instance, state, losses.subarray(7));
    const mean = (from: number, to: number): number =>
      losses.subarray(from, to).reduce((a, b) => a + b) / (to - from);
    expect(progress.history.map(({ step }) => step)).toEqual([0, 7, 20]);
    expect(progress.history[0].loss).toBe(losses[0]);
    expect(progress.history[1].loss).toBeCloseTo(mean(0, 7), 14);
    expect(progress.history[2].loss).toBeCloseTo(mean(7, 20), 14);
    expect(progress.history[1].parameters).toEqual(atSeven);
    const weights = embedding(2, 5, atSeven.slice(0, 10));
    expect(progress.history[1].capacity).toEqual(measureCapacity(weights).capacity);
  });

  it('spread their records evenly from start to end', () => {
    expect(recordedSteps(spec({ history: 4 }))).toEqual([0, 20, 40, 60]);
    expect(recordedSteps(spec({ history: 1 }))).toEqual([60]);
    expect(recordedSteps(spec({ history: 0 }))).toEqual([]);
    expect(recordedSteps(spec({ history: 9, steps: 3 }))).toEqual([0, 1, 2, 3]);
    expect(recordedSteps(spec({ history: [5, 9] }))).toEqual([5, 9]);
  });

  it('stop when the mean loss of a span falls too little below that of the previous span', () => {
    const stopping = { span: 10, improvement: 0.1 };
    const job = firstJob(spec({ stopping, steps: 200, history: [0, 15] }));
    // Means 10, 8, 6, 5.5, 5: from 6 to 5.5 the loss falls by less than a tenth.
    const means = [10, 8, 6, 5.5, 5];
    const lossAt = (step: number): number =>
      means[Math.min(4, Math.floor(step / 10))] + (step % 2 === 0 ? 1 : -1);
    const progress = run(losing(lossAt), job, () => 7);
    expect([progress.stopped, progress.state.step, progress.loss]).toEqual(['converged', 40, 0.5]);
    // The last step is recorded too.
    expect(progress.history.map(({ step }) => step)).toEqual([0, 15, 40]);
    const steady = run(
      losing((step) => 0.8 ** Math.floor(step / 10)),
      job,
    );
    expect([steady.stopped, steady.state.step]).toEqual(['steps', 200]);
  });

  it('report the step and the quantity that is no longer finite', () => {
    const wild = spec({ optimiser: firstOrderDefaults.sgd, learningRate: 1e4, history: 61 });
    for (const kernel of [typescriptKernel, fastestKernel()]) {
      const progress = run(kernel, firstJob(wild));
      expect([progress.stopped, progress.loss]).toEqual(['diverged', Infinity]);
      expect(['loss', 'gradient']).toContain(progress.cause);
      expect(progress.state.step).toBeGreaterThan(1);
      expect(progress.state.step).toBeLessThan(60);
      expect(progress.state.parameters.every(Number.isFinite)).toBe(true);
      // Further calls change nothing.
      const before = structuredClone(progress);
      continueJob(kernel, firstJob(wild), progress, 5);
      expect(progress).toEqual(before);
    }
    const noGradient: Kernel = {
      ...losing(() => 1),
      advance: (_instance, state, losses) => {
        const room = Math.min(losses.length, 9 - state.step);
        state.step += room;
        return room;
      },
    };
    const progress = run(noGradient, firstJob(spec()));
    expect([progress.stopped, progress.cause, progress.state.step]).toEqual([
      'diverged',
      'gradient',
      9,
    ]);
    const lastStep: Kernel = { ...losing(() => 1), evaluate: () => NaN };
    const last = run(lastStep, firstJob(spec()));
    expect([last.stopped, last.cause, last.loss, last.state.step]).toEqual([
      'diverged',
      'loss',
      Infinity,
      60,
    ]);
  });

  it('are evaluated on the same inputs, which training does not see', () => {
    const jobs = jobsOf(spec({ restarts: 3, batch: 1000 })) as BatchJob[];
    expect(new Set(jobs.map(({ heldOut }) => JSON.stringify(heldOut))).size).toBe(1);
    expect(new Set(jobs.map(({ instance }) => JSON.stringify(instance.stream))).size).toBe(3);
    expect(jobs[0].heldOut?.batches).toBe(132);
  });
});

describe('planTraining and compareRestarts', () => {
  it('together give the result of train', () => {
    const wanted = spec({ history: 3 });
    for (const kernel of [typescriptKernel, fastestKernel()]) {
      const comparison = compareRestarts(wanted, planTraining(wanted).problem);
      for (const job of jobsOf(wanted)) comparison.add(trainedRestart(run(kernel, job)));
      expect(comparison.result()).toEqual(train(wanted, { kernel }));
    }
  });

  it('divide L-BFGS into any calls with the same bytes', () => {
    const quadratic: ToyModel = { ...model, task: 'computation', activation: 'quadratic' };
    const exact = { ...spec(), model: quadratic, ...trainingDefaults(quadratic), seed: 3 };
    const sampled = spec({ optimiser: { name: 'lbfgs' }, steps: 25, batch: 200 });
    for (const one of [exact, sampled]) {
      for (const kernel of [typescriptKernel, fastestKernel()]) {
        const [job] = jobsOf(one);
        const whole = run(kernel, job);
        fc.assert(
          fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (cuts) => {
            const progress = beginJob(kernel, job);
            for (let k = 0; progress.stopped === null; k++) {
              continueJob(kernel, structuredClone(job), progress, cuts[k % cuts.length]);
            }
            expect(progress).toEqual(whole);
          }),
          { numRuns: 3 },
        );
      }
    }
  });

  it('rejects the result of an unfinished job', () => {
    expect(() => trainedRestart(beginJob(typescriptKernel, firstJob(spec())))).toThrow('at step 0');
  });

  it('give the quadratic model in the units of the user, compared by the exact loss', () => {
    const quadratic: ToyModel = {
      task: 'computation',
      activation: 'quadratic',
      features: 4,
      dims: 2,
      importance: [4, 2, 2, 1],
    };
    const symmetric = { shape: 'uniform', density: 0.3, unitVariance: true } as const;
    const at = (unit: number): TrainingResult =>
      train(
        {
          ...spec({ history: [0, 500], steps: 500, batch: 256 }),
          model: { ...quadratic, importance: quadratic.importance.map((v) => v * unit) },
          inputs: symmetric,
          initialisation: { name: 'importance' },
        },
        { kernel: typescriptKernel },
      );
    const [one, large] = [at(1), at(4)];
    expect(one.gap).toBeGreaterThan(0);
    expect(one.gap).toBeLessThan(0.1);
    // Powers of two scale without rounding: weights times 2, losses times 16.
    expect(large.loss).toBe(16 * one.loss);
    expect(large.embedding.data).toEqual(one.embedding.data.map((w) => 2 * w));
    const [first, last] = one.runs[one.best].history;
    const [largeFirst] = large.runs[large.best].history;
    expect(largeFirst.loss).toBe(16 * first.loss);
    expect(last.embedding).toEqual(one.embedding);
    expect(last.bias).toEqual(one.bias);
    // The variance of Xavier weights does not depend on the importances.
    const xavier = [1, 4].map(
      (unit) =>
        train({
          ...spec({ history: [0], steps: 1, restarts: 1 }),
          model: { ...quadratic, importance: quadratic.importance.map((v) => v * unit) },
          inputs: symmetric,
          initialisation: { name: 'xavier' },
        }).runs[0].history[0].embedding.data,
    );
    expect(xavier[0].length).toBe(8);
    xavier[0].forEach((w, j) => expect(xavier[1][j]).toBeCloseTo(w, 6));
  });

  it('train each feature on its own density, with a certified optimum if there is one', () => {
    const quadratic: ToyModel = { ...model, task: 'computation', activation: 'quadratic' };
    const densities = [1, 0.5, 0.2, 0.1, 0.05];
    const each = densities.map((density) => ({
      shape: 'uniform' as const,
      density,
      unitVariance: true,
    }));
    const settings = { model: quadratic, inputs: each, seed: 1 };
    const exact = train({ ...settings, ...trainingDefaults(quadratic) });
    expect(Math.abs(exact.gap ?? NaN)).toBeLessThan(1e-8);
    exact.capacity.forEach((c, i) =>
      expect(Math.abs(c - (exact.predictedCapacity?.[i] ?? NaN))).toBeLessThan(1e-4),
    );
    const sampled = train({ ...settings, ...trainingDefaults(quadratic, 'sampled'), restarts: 2 });
    expect(sampled.gap).toBeGreaterThan(0);
    expect(sampled.gap).toBeLessThan(0.05);
    // Without unit variance the loss is still certified, but capacities are not predicted.
    const wide = train({
      ...settings,
      inputs: each.map((one) => ({ ...one, unitVariance: false })),
      ...trainingDefaults(quadratic),
    });
    expect(Math.abs(wide.gap ?? NaN)).toBeLessThan(1e-6);
    expect(wide.predictedCapacity).toBe(null);
  });
});

describe('exact losses with first-order optimisers', () => {
  it('have histories, early stopping and clipping', () => {
    const quadratic: ToyModel = { ...model, task: 'computation', activation: 'quadratic' };
    const result = train({
      model: quadratic,
      inputs: { shape: 'uniform', density: 0.1, unitVariance: true },
      ...trainingDefaults(quadratic, 'exact', 'adam'),
      clip: 10,
      stopping: { span: 100, improvement: 1e-6 },
      history: 3,
      seed: 1,
    });
    expect(result.gap).toBeLessThan(1e-3);
    const best = result.runs[result.best];
    expect(best.stopped).toBe('converged');
    expect(best.steps).toBeLessThan(4000);
    expect(best.history.at(-1)?.step).toBe(best.steps);
    expect(best.history.at(-1)?.embedding).toEqual(result.embedding);
  });
});
