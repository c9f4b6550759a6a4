import { describe, expect, it } from 'vitest';
import { availableKernels, fastestKernel } from '../src/kernels/fastest-kernel.ts';
import { beginJob, continueJob, type JobProgress } from '../src/training/job.ts';
import { dataInputs, dataSet, type DataSet } from '@polysem/core/features';
import { inlineExecutor } from '../src/training/executor.ts';
import { parameterLayout } from '../src/models/parameters.ts';
import { train } from '../src/training/train.ts';
import type { BatchJob } from '../src/training/job.ts';
import { planTraining } from '../src/training/plan.ts';
import { trainMany } from '../src/training/train-many.ts';
import { typescriptKernel } from '../src/kernels/typescript-kernel.ts';
import type { TrainingSpec } from '../src/training/training-spec.ts';
import {
  quadratic,
  autoencoder,
  even,
  positive,
  correlated,
  CORRELATIONS,
  matrixOf,
  spec,
} from './training-cases.ts';

describe('kernels on inputs that are not independent features of one shape', () => {
  const set = dataSet(matrixOf(positive, 200, 4), 200, 4);
  const shapes = ['uniform', 'gaussian', 'laplace', 'uniform-positive'] as const;
  type Case = readonly [string, TrainingSpec['inputs'], DataSet | undefined];
  const rare = [1, 0.5, 0.5, 2 ** -21].map((density) => ({ ...positive, density }));
  /** Inputs that are sampled outside compiled kernels, so that all kernels see the same ones. */
  const OUTSIDE: readonly Case[] = [
    ['shapes', shapes.map((shape) => ({ ...even, shape })), undefined],
    ['data', dataInputs(set, 0.1), set],
    [
      'a copula with a feature that is hardly ever active',
      {
        kind: 'correlated',
        marginal: rare,
        correlation: { kind: 'copula', loadings: 0.5 },
      },
      undefined,
    ],
  ];
  const CASES: readonly Case[] = [
    ...CORRELATIONS.map((correlation): Case => [
      JSON.stringify(correlation),
      correlated(positive, correlation),
      undefined,
    ]),
    ...OUTSIDE,
  ];

  it.each(CASES)(
    'give the same bytes however training is divided, and agree between kernels on the same inputs: %s',
    async (name, inputs, data) => {
      const areSame = OUTSIDE.some(([outside]) => outside === name);
      await Promise.all(
        [autoencoder, quadratic].map(async (model) => {
          const one = spec(model, {
            loss: 'sampled',
            inputs,
            steps: 23,
            batch: 40,
            history: 3,
            restarts: 1,
          });
          const job = planTraining(one, { data }).job(0) as BatchJob;
          const withoutHeldOut = { ...job, heldOut: null };
          const ends = availableKernels().map((kernel) => {
            const whole = beginJob(kernel, withoutHeldOut);
            continueJob(kernel, withoutHeldOut, whole, Infinity);
            const cut = beginJob(kernel, withoutHeldOut);
            for (let n = 1; cut.stopped === null; n = (n * 5) % 7)
              continueJob(kernel, withoutHeldOut, cut, n);
            expect(cut).toEqual(whole);
            return whole;
          });
          const reference = ends[ends.length - 1];
          for (const { state } of areSame ? ends : []) {
            state.parameters.forEach((x, j) => {
              // 23 steps of Adam, each off by some float32 ulp times the magnification by its
              // denominators.
              expect(Math.abs(x - reference.state.parameters[j])).toBeLessThan(1e-3);
            });
          }

          const kernel = fastestKernel();
          const alone = train(one, { kernel, ...(data && { data }) });
          const begun = new Map<number, JobProgress>([[0, beginJob(kernel, job)]]);
          continueJob(kernel, job, begun.get(0) as JobProgress, 11);
          const extras = { begun, ...(data && { data }) };
          const [resumed] = await trainMany([one], inlineExecutor(kernel), extras);
          expect(resumed).toEqual(alone);
        }),
      );
    },
  );

  it('use the batches of the reference where compiled code cannot sample them', () => {
    for (const [, inputs, data] of OUTSIDE) {
      const job = planTraining(
        spec(autoencoder, { loss: 'sampled', inputs, steps: 5, batch: 40 }),
        { data },
      ).job(0) as BatchJob;
      const layout = parameterLayout(autoencoder);
      const gradients = availableKernels().map((kernel) => {
        expect(kernel.inputs(job.instance, 3)).toEqual(typescriptKernel.inputs(job.instance, 3));
        const gradient = new Float64Array(layout.size);
        const loss = kernel.gradient(job.instance, job.start, 3, gradient);
        return [loss, ...gradient];
      });
      const reference = gradients[gradients.length - 1];
      const scale = Math.max(...reference.map(Math.abs));
      for (const found of gradients) {
        // Sums over 40 rows in float32, with some tens of roundings each.
        found.forEach((x, j) => expect(Math.abs(x - reference[j])).toBeLessThan(1e-5 * scale));
      }
    }
  });
});

describe('invalid inputs', () => {
  const set = dataSet(matrixOf(positive, 20, 4), 20, 4);
  const inputs = dataInputs(set, 0.1);
  it.each<[Partial<TrainingSpec>, DataSet | undefined, string]>([
    [{ inputs }, undefined, 'data: are missing'],
    [{ inputs }, dataSet(matrixOf(positive, 20, 5), 20, 4), 'data: the spec names 20 x 4'],
    [{ inputs: { ...inputs, features: 3 } }, set, 'inputs: the data have 3 features, the model 4'],
    [{ inputs: { ...inputs, sha256: 'x' } }, set, 'inputs: sha256'],
    [{ inputs: { ...inputs, heldOut: 1 } }, set, 'heldOut: must lie in [0, 1)'],
    [{ inputs: { ...inputs, heldOut: 0.99 } }, set, 'heldOut: 0.99 of 20 rows leaves none'],
    [
      { inputs, loss: 'sampled', optimiser: { name: 'lbfgs' } },
      set,
      'loss: L-BFGS needs the exact loss',
    ],
    [{ sampling: 'strata' }, undefined, 'sampling: strata require L-BFGS'],
    [
      { inputs: correlated(even, { kind: 'together', groups: 3 }) },
      undefined,
      'correlation.groups',
    ],
    [
      { inputs: correlated({ ...even, density: 0.6 }, CORRELATIONS[1]) },
      undefined,
      'density: the densities of 2',
    ],
  ])('are rejected: %j', (overrides, data, message) => {
    expect(() => train(spec(quadratic, overrides), data === undefined ? {} : { data })).toThrow(
      message,
    );
  });

  it('include data that are not finite or have the wrong size', () => {
    expect(() => dataSet(Float64Array.of(1, NaN), 1, 2)).toThrow('matrix: row 0, feature 1 is NaN');
    expect(() => dataSet(Float64Array.of(1, 2, 3), 2, 2)).toThrow('matrix: 2 rows');
  });
});
