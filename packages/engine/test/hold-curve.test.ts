import { heldVaried } from '@polysem/core/theory';
import { describe, expect, it } from 'vitest';
import { fastestKernel } from '../src/kernels/fastest-kernel.ts';
import { typescriptKernel } from '../src/kernels/typescript-kernel.ts';
import type { ToyModel } from '../src/models/toy-model.ts';
import { defaultGridTraining } from '../src/names/grid-training.ts';
import {
  heldParts,
  holdPoint,
  trainHeld,
  trainHoldCurve,
  type HoldSpec,
  type HoldTask,
} from '@polysem/engine/phase';
import { train, trainingDefaults } from '@polysem/engine/training';

const quadratic: HoldSpec = {
  model: {
    task: 'computation',
    activation: 'quadratic',
    features: 6,
    dims: 3,
    importance: [2, 1, 1, 1, 1, 1],
  },
  inputs: { shape: 'uniform', density: 0.1, unitVariance: true },
  feature: 0,
  training: { ...defaultGridTraining, restarts: 2 },
  seed: 0,
};
const relu: HoldSpec = {
  ...quadratic,
  model: { ...quadratic.model, task: 'compression', activation: 'relu' } as ToyModel,
  inputs: { shape: 'uniform-positive', density: 0.26, unitVariance: false },
  training: { rows: 256, screeningRows: 128, restarts: 2, iterations: 100 },
};
const eighths = Array.from({ length: 9 }, (_, k) => k / 8);

describe('the curve of loss against held capacity', () => {
  it('is that of the closed form for the quadratic model, with the free optimum below it', async () => {
    const seen: number[] = [];
    const { points, free } = await trainHoldCurve(quadratic, eighths, async (done, tasks) => {
      seen.push(done);
      return tasks.map((task) => holdPoint(typescriptKernel, task));
    });
    const problem = { features: 6, dims: 3, kurtosis: 18 };
    points.forEach(({ best }, k) => {
      expect(best!.loss / heldVaried(problem, 2, k / 8).loss).toBeCloseTo(1, 7);
      expect(best!.loss).toBeGreaterThanOrEqual(free.best!.loss * (1 - 1e-9));
    });
    expect(free.capacity).toBeNull();
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    expect(seen[0]).toBe(0);
  });

  it('leads to a network between its points, which is that of the closed form', async () => {
    const { point, curve } = await trainHeld(quadratic, 0.7, async (_, tasks) =>
      tasks.map((task) => holdPoint(typescriptKernel, task)),
    );
    expect(curve.points).toHaveLength(33);
    const expected = heldVaried({ features: 6, dims: 3, kurtosis: 18 }, 2, 0.7);
    expect(point.best!.loss / expected.loss).toBeCloseTo(1, 9);
    expect(point.best!.capacity[0]).toBeCloseTo(0.7, 9);
  });

  it('has networks with the best bias of the quadratic model, in the units of the user', () => {
    const { model, inputs, seed } = quadratic;
    const trained = train({ model, inputs, seed, ...trainingDefaults(model), restarts: 1 });
    const weights = Float64Array.from(trained.embedding.data);
    const { embedding, bias } = heldParts(quadratic, weights);
    expect(embedding).toEqual(trained.embedding);
    expect(bias[0]).toBeCloseTo(trained.bias[0], 12);
  });

  it('does not depend on the order in which points are trained', async () => {
    const kernel = fastestKernel([relu.model]);
    const inOrder = (tasks: readonly HoldTask[]) => tasks.map((task) => holdPoint(kernel, task));
    const capacities = [0, 0.25, 0.5, 0.75, 1];
    const forwards = await trainHoldCurve(relu, capacities, async (_, tasks) => inOrder(tasks));
    const backwards = await trainHoldCurve(relu, capacities, async (_, tasks) =>
      inOrder(tasks.toReversed()).toReversed(),
    );
    expect(backwards).toEqual(forwards);
    forwards.points.forEach(({ capacity, best }) => {
      expect(best!.capacity[0]).toBeCloseTo(capacity!, 9);
      expect(best!.loss).toBeGreaterThan(forwards.free.best!.loss * (1 - 1e-4));
    });
  });

  it('needs ascending capacities and a feature that exists', async () => {
    const none = async () => [];
    await expect(trainHoldCurve(quadratic, [], none)).rejects.toThrow(
      'capacities: needs at least one',
    );
    await expect(trainHoldCurve(quadratic, [0.5, 0.2], none)).rejects.toThrow(
      'capacities: must ascend, got 0.2 after 0.5',
    );
    await expect(trainHoldCurve({ ...quadratic, feature: 9 }, [0.5], none)).rejects.toThrow(
      'hold: feature must be an integer from 0 to 5, got 9',
    );
  });
});
