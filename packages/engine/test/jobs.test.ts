import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginJob,
  continueJob,
  type BatchJob,
  type Job,
  type JobProgress,
} from '../src/training/job.ts';
import { embedding } from '@polysem/core/embedding';
import { fastestKernel } from '../src/kernels/fastest-kernel.ts';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { inlineExecutor, type Executor } from '../src/training/executor.ts';
import { measureCapacity } from '@polysem/core/capacity';
import {
  recordedSteps,
  trainingDefaults,
  type TrainingSpec,
} from '../src/training/training-spec.ts';
import { train } from '../src/training/train.ts';
import { compareRestarts, trainedStart, type TrainingResult } from '../src/training/result.ts';
import { planTraining } from '../src/training/plan.ts';
import { trainMany } from '../src/training/train-many.ts';
import { typescriptKernel } from '../src/kernels/typescript-kernel.ts';
import type { Instance, Kernel } from '../src/kernels/kernel.ts';
import type { ToyModel } from '../src/models/toy-model.ts';

const model: ToyModel = {
  task: 'compression',
  activation: 'relu',
  features: 5,
  dims: 2,
  importance: [1, 1, 1, 1, 1],
};
const inputs = { shape: 'uniform-positive', density: 0.3, unitVariance: false } as const;

function spec(overrides: Partial<TrainingSpec> = {}): TrainingSpec {
  const defaults = trainingDefaults(overrides.model ?? model, 'sampled');
  return { model, inputs, ...defaults, steps: 60, batch: 33, restarts: 2, seed: 4, ...overrides };
}

function jobsOf(one: TrainingSpec): Job[] {
  const { job } = planTraining(one);
  return Array.from({ length: one.restarts }, (_, restart) => job(restart));
}

const firstJob = (one: TrainingSpec): BatchJob => jobsOf(one)[0] as BatchJob;

function run(kernel: Kernel, job: Job, chunks: () => number = () => Infinity): JobProgress {
  const progress = beginJob(kernel, job);
  while (progress.stopped === null) continueJob(kernel, job, progress, chunks());
  return progress;
}

/** A kernel that does nothing but give the losses it is told. */
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
  it('end the same, byte for byte, however they are cut', () => {
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
          // Through a copy each time, as if it had been kept and read again.
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
      { numRuns: 60 },
    );
  });

  it('record the mean loss since the record before, with capacities and parameters of the step', () => {
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

  it('stop when the mean loss of a span falls too little below that of the one before', () => {
    const stopping = { span: 10, improvement: 0.1 };
    const job = firstJob(spec({ stopping, steps: 200, history: [0, 15] }));
    // Means 10, 8, 6, 5.5, 5: the first fall below a tenth is from 6 to 5.5.
    const means = [10, 8, 6, 5.5, 5];
    const lossAt = (step: number): number =>
      means[Math.min(4, Math.floor(step / 10))] + (step % 2 === 0 ? 1 : -1);
    const progress = run(losing(lossAt), job, () => 7);
    expect([progress.stopped, progress.state.step, progress.loss]).toEqual(['converged', 40, 0.5]);
    // What it stopped at is recorded too.
    expect(progress.history.map(({ step }) => step)).toEqual([0, 15, 40]);
    const steady = run(
      losing((step) => 0.8 ** Math.floor(step / 10)),
      job,
    );
    expect([steady.stopped, steady.state.step]).toEqual(['steps', 200]);
  });

  it('say at which step what was no longer finite', () => {
    const wild = spec({ optimiser: firstOrderDefaults.sgd, learningRate: 1e4, history: 61 });
    for (const kernel of [typescriptKernel, fastestKernel()]) {
      const progress = run(kernel, firstJob(wild));
      expect([progress.stopped, progress.loss]).toEqual(['diverged', Infinity]);
      expect(['loss', 'gradient']).toContain(progress.cause);
      expect(progress.state.step).toBeGreaterThan(1);
      expect(progress.state.step).toBeLessThan(60);
      expect(progress.state.parameters.every(Number.isFinite)).toBe(true);
      // Nothing goes on from there.
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

describe('planTraining and trainingResult', () => {
  it('are what train does', () => {
    const wanted = spec({ history: 3 });
    for (const kernel of [typescriptKernel, fastestKernel()]) {
      const comparison = compareRestarts(wanted, planTraining(wanted).problem);
      for (const job of jobsOf(wanted)) comparison.add(trainedStart(run(kernel, job)));
      expect(comparison.result()).toEqual(train(wanted, { kernel }));
    }
  });

  it('include L-BFGS, which can be cut anywhere', () => {
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

  it('refuses to end a job that is not finished', () => {
    expect(() => trainedStart(beginJob(typescriptKernel, firstJob(spec())))).toThrow('at step 0');
  });

  it('give the quadratic model in the units of its user, judged by the exact loss', () => {
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
    // Xavier's variance is that of the user's weights, whatever the importances.
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

  it('train each feature on its own density, with the certificate where there is one', () => {
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
    // Without unit variance the loss is certified all the same, but W's capacities are another matter.
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
  it('have histories, early stopping and clipping too', () => {
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

describe('trainMany', () => {
  const densities = [1, 0.3, 0.1];
  const specs = densities.map((density, instance) =>
    spec({ inputs: { ...inputs, density }, instance }),
  );
  const kernel = fastestKernel();

  it('is train for each, whatever the order of work', async () => {
    const alone = specs.map((each) => train(each, { kernel }));
    expect(await trainMany(specs, inlineExecutor(kernel))).toEqual(alone);
    const backwards: Executor = {
      run: async (jobs) =>
        jobs
          .toReversed()
          .map((job) => run(kernel, job, () => 11))
          .toReversed(),
    };
    expect(await trainMany(specs, backwards)).toEqual(alone);
  });

  it('gives each instance streams of its own', () => {
    const [a, b] = [0, 1].map((instance) => firstJob(spec({ instance })));
    expect(a.start).not.toEqual(b.start);
    expect(a.instance.stream.key).not.toEqual(b.instance.stream.key);
    expect(firstJob(spec())).toEqual(a);
    expect(a.instance.stream).toEqual(
      childGenerator(childGenerator(childGenerator(generator(4), 0), 1), 1),
    );
  });

  it('goes on from what was finished and begun', async () => {
    const whole = await trainMany(specs, inlineExecutor(kernel));
    const jobs = specs.flatMap((one) => jobsOf(one));
    const finished = new Map([[1, trainedStart(run(kernel, jobs[1]))]]);
    const half = beginJob(kernel, jobs[2]);
    continueJob(kernel, jobs[2], half, 31);
    const done = run(kernel, jobs[4]);
    const steps: number[] = [];
    const counting: Kernel = {
      ...kernel,
      advance: (instance, state, losses) => {
        steps.push(losses.length);
        return kernel.advance(instance, state, losses);
      },
    };
    const seen: number[] = [];
    const started: number[] = [];
    const resumed = await trainMany(specs, inlineExecutor(counting), {
      finished,
      begun: new Map([
        [2, half],
        [4, done],
      ]),
      onStart: (start) => started.push(start),
      onProgress: (fraction) => void seen.push(fraction),
    });
    expect(resumed).toEqual(whole);
    expect(steps.reduce((a, b) => a + b)).toBe(3 * 60 + 29);
    expect(started.toSorted((a, b) => a - b)).toEqual([0, 2, 3, 4, 5]);
    expect(seen.every((fraction, i) => fraction >= (seen[i - 1] ?? 0) && fraction <= 1)).toBe(true);
  });

  it('lets the others go on when one diverges', async () => {
    const wild = spec({ optimiser: firstOrderDefaults.sgd, learningRate: 1e4, instance: 3 });
    const [good, bad] = await trainMany([specs[0], wild], inlineExecutor(kernel));
    expect(good).toEqual(train(specs[0], { kernel }));
    expect(bad.best).toBe(null);
    for (const { stopped, steps, cause, loss } of bad.runs) {
      expect([stopped, loss]).toEqual(['diverged', Infinity]);
      expect(steps).toBeGreaterThan(0);
      expect(cause).not.toBe(null);
    }
    expect(() => train(wild)).toThrow(/at step \d+, where the (loss|gradient) was no longer/);
  });

  it('takes exact losses and L-BFGS as well', async () => {
    const quadratic: ToyModel = { ...model, task: 'computation', activation: 'quadratic' };
    const exact: TrainingSpec = {
      model: quadratic,
      inputs: { shape: 'uniform', density: 0.2, unitVariance: true },
      ...trainingDefaults(quadratic),
      seed: 2,
    };
    const seen: number[] = [];
    const [one] = await trainMany([exact], inlineExecutor(kernel), {
      onProgress: (fraction) => void seen.push(fraction),
    });
    expect(one).toEqual(train(exact));
    expect(seen.at(-1)).toBe(1);
  });

  it('refuses malformed specs before any work', async () => {
    const none: Executor = { run: () => Promise.reject(new Error('worked')) };
    await expect(trainMany([specs[0], spec({ steps: 0 })], none)).rejects.toThrow('steps: must be');
  });
});
