import { describe, expect, it } from 'vitest';
import { beginJob, continueJob } from '../src/training/job.ts';
import { fastestKernel } from '../src/kernels/fastest-kernel.ts';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { inlineExecutor, type Executor } from '../src/training/executor.ts';
import { trainingDefaults, type TrainingSpec } from '../src/training/training-spec.ts';
import { train } from '../src/training/train.ts';
import { trainedRestart } from '../src/training/result.ts';
import { trainMany } from '../src/training/train-many.ts';
import type { Kernel } from '../src/kernels/kernel.ts';
import type { ToyModel } from '../src/models/toy-model.ts';
import { model, inputs, spec, jobsOf, firstJob, run } from './job-cases.ts';

describe('trainMany', () => {
  const densities = [1, 0.3, 0.1];
  const specs = densities.map((density, instance) =>
    spec({ inputs: { ...inputs, density }, instance }),
  );
  const kernel = fastestKernel();

  it('gives the results of train for each spec, for any order of jobs', async () => {
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

  it('gives each instance its own random streams', () => {
    const [a, b] = [0, 1].map((instance) => firstJob(spec({ instance })));
    expect(a.start).not.toEqual(b.start);
    expect(a.instance.stream.key).not.toEqual(b.instance.stream.key);
    expect(firstJob(spec())).toEqual(a);
    expect(a.instance.stream).toEqual(
      childGenerator(childGenerator(childGenerator(generator(4), 0), 1), 1),
    );
  });

  it('resumes from finished and unfinished restarts', async () => {
    const whole = await trainMany(specs, inlineExecutor(kernel));
    const jobs = specs.flatMap((one) => jobsOf(one));
    const finished = new Map([[1, trainedRestart(run(kernel, jobs[1]))]]);
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
      onRestart: (start) => started.push(start),
      onProgress: (fraction) => void seen.push(fraction),
    });
    expect(resumed).toEqual(whole);
    expect(steps.reduce((a, b) => a + b)).toBe(3 * 60 + 29);
    expect(started.toSorted((a, b) => a - b)).toEqual([0, 2, 3, 4, 5]);
    expect(seen.every((fraction, i) => fraction >= (seen[i - 1] ?? 0) && fraction <= 1)).toBe(true);
  });

  it('reports progress that never falls, even if a job reports its steps after its end', async () => {
    const late: Executor = {
      run: async (jobs, hooks) => {
        const all = jobs.map((job) => run(kernel, job));
        for (const [job, progress] of all.entries()) {
          hooks?.onCheckpoint?.(job, progress);
          // oxlint-disable-next-line no-await-in-loop -- one report after the other
          await hooks?.onSteps?.(job, 1);
        }
        return all;
      },
    };
    const seen: number[] = [];
    const ended: number[] = [];
    await trainMany([specs[0]], late, {
      onProgress: (fraction) => void seen.push(fraction),
      onRestart: (restart) => void ended.push(restart),
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(ended.map((_, i) => (i + 1) / ended.length).concat(1));
  });

  it('trains the others when one diverges', async () => {
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

  it('trains on exact losses and by L-BFGS', async () => {
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

  it('rejects malformed specs before any work', async () => {
    const none: Executor = { run: () => Promise.reject(new Error('worked')) };
    await expect(trainMany([specs[0], spec({ steps: 0 })], none)).rejects.toThrow('steps: must be');
  });
});
