import { resolveInputs } from '@polysem/core/features';
import { describe, expect, it } from 'vitest';
import { batchMeanError, inputsMeanError } from '../src/models/quadratic-mean-error.ts';
import { fastestKernel } from '../src/kernels/fastest-kernel.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { gridCell, type GridSpec } from '../src/phase/grid-spec.ts';
import { quadraticBatchLoss } from '../src/models/quadratic-batch-loss.ts';
import { sampleInputs } from '@polysem/core/features';
import { planGrid } from '../src/phase/plan-grid.ts';
import { trainGrid } from '../src/phase/train-grid.ts';
import { trainRow } from '../src/phase/train-row.ts';
import { train } from '../src/training/train.ts';
import { trainingDefaults } from '../src/training/training-spec.ts';
import { gaussianEmbedding } from '../../core/test/fixtures.ts';
import {
  quadratic,
  autoencoder,
  even,
  positive,
  correlated,
  correlatedGrid,
  CORRELATIONS,
  spec,
  bySampling,
} from './training-cases.ts';

describe('training on correlated features', () => {
  it.each(CORRELATIONS)('quadratic: the exact loss is that of large samples: %j', (correlation) => {
    for (const marginal of [even, positive]) {
      const inputs = correlated(marginal, correlation);
      const { loss, embedding, bias, optimum } = train(spec(quadratic, { inputs }));
      expect(optimum).toBeNull();
      const w = Float64Array.from(embedding.data);
      const drawn = (k: number) => sampleInputs(childGenerator(generator(5), k), inputs, 4, 10_000);
      const { mean, error } = bySampling((k) => {
        const batch = drawn(k);
        const spread = quadraticBatchLoss(quadratic, batch).evaluate(w, new Float64Array(8));
        return spread + (batchMeanError(quadratic, batch)(w) - bias[0]) ** 2;
      }, 20);
      // A loss that vanishes, as for one of two, has no spread except rounding errors.
      expect(Math.abs(loss - mean)).toBeLessThan(5 * error + 1e-12);
    }
  });

  it('quadratic: the best bias is the mean error of large samples', () => {
    const w = Float64Array.from(gaussianEmbedding(2, 4, 8).data);
    for (const correlation of CORRELATIONS) {
      const inputs = correlated(positive, correlation);
      const { mean, error } = bySampling((k) => {
        const batch = sampleInputs(childGenerator(generator(6), k), inputs, 4, 8000);
        return batchMeanError(quadratic, batch)(w);
      }, 20);
      expect(
        Math.abs(inputsMeanError(quadratic, resolveInputs(inputs, quadratic.features))(w) - mean),
      ).toBeLessThan(5 * error);
    }
  });

  it('two features that are never active together share a dimension without loss', () => {
    // |w_i|^2 = v_i, and features of a pair do not interfere: only the sums x_i^2 + x_j^2 of
    // different pairs need orthogonal vectors.
    const inputs = correlated(even, { kind: 'one-of', groups: 2 });
    const flat = { ...quadratic, importance: [1, 1, 1, 1] };
    expect(train(spec(flat, { inputs, restarts: 4 })).loss).toBeLessThan(1e-12);
  });

  it('trains every architecture to about the same loss on samples, strata and fresh batches', () => {
    const inputs = correlated(positive, { kind: 'together', groups: 2 });
    const lbfgs = { loss: 'sampled', optimiser: { name: 'lbfgs' }, restarts: 6, inputs } as const;
    const plain = train(spec(autoencoder, { ...lbfgs, batch: 16_000 }));
    const strata = train(spec(autoencoder, { ...lbfgs, batch: 4096, sampling: 'strata' }));
    const fresh = train(spec(autoencoder, { inputs, steps: 1500, batch: 256, restarts: 6 }));
    // Held-out losses are means over 2^17 squared errors with a kurtosis of a few tens: 2 % exceeds
    // 3 standard errors.
    for (const { loss } of [plain, fresh]) {
      expect(loss).toBeGreaterThan(0.95 * strata.loss);
      expect(loss).toBeLessThan(1.05 * strata.loss);
    }
  });
});

describe('grids of correlated features', () => {
  const grid: GridSpec = {
    ...correlatedGrid,
    x: { parameter: 'importance', values: [0.5, 1, 2] },
    training: { ...correlatedGrid.training, restarts: 4 },
  };

  it('give each cell the loss of `train`, without prediction', async () => {
    const kernel = fastestKernel();
    const diagram = await trainGrid(planGrid(grid), async (_, tasks) =>
      tasks.map((task) => trainRow(kernel, task)),
    );
    expect(diagram.predicted).toBeNull();
    const { model, inputs } = gridCell(grid, 1, 2);
    const { loss } = train({ model, inputs, ...trainingDefaults(model), restarts: 8, seed: 1 });
    expect(diagram.loss[5]).toBeCloseTo(loss, 5);
  });

  it('reject groups that do not fit a cell', () => {
    const bad = { ...grid, x: { parameter: 'features', values: [4, 5] } } as const;
    expect(() => planGrid(bad)).toThrow('divides the 5 features');
    const dense = { ...grid, y: { parameter: 'density', values: [1, 0.1] } } as const;
    expect(() => planGrid(dense)).toThrow('density: the densities of 2 features');
  });
});
