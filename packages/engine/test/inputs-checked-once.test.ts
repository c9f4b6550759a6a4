import { beforeEach, expect, it, vi } from 'vitest';
import { typescriptKernel } from '../src/kernels/typescript-kernel.ts';
import { inlineExecutor } from '../src/training/executor.ts';
import { train } from '../src/training/train.ts';
import { trainMany } from '../src/training/train-many.ts';
import { autoencoder, correlated, even, quadratic, spec } from './training-cases.ts';

const checks = vi.hoisted(() => ({ distributions: 0, correlations: 0 }));

vi.mock('../../core/src/features/feature-distribution.ts', async (original) => {
  const module = await original<typeof import('../../core/src/features/feature-distribution.ts')>();
  return {
    ...module,
    checkFeatureDistribution: (...args: Parameters<typeof module.checkFeatureDistribution>) => {
      checks.distributions++;
      module.checkFeatureDistribution(...args);
    },
  };
});

vi.mock('../../core/src/features/dependence.ts', async (original) => {
  const module = await original<typeof import('../../core/src/features/dependence.ts')>();
  return {
    ...module,
    resolveDependence: (...args: Parameters<typeof module.resolveDependence>) => {
      checks.correlations++;
      return module.resolveDependence(...args);
    },
  };
});

beforeEach(() => {
  checks.distributions = 0;
  checks.correlations = 0;
});

const correlatedInputs = correlated(even, { kind: 'copula', loadings: 0.5 });

it.each([
  ['the exact loss', spec(quadratic, { inputs: even, restarts: 2 }), 0],
  ['the exact loss of correlated features', spec(quadratic, { inputs: correlatedInputs }), 1],
  [
    'fresh batches',
    spec(autoencoder, { inputs: correlatedInputs, steps: 3, batch: 8, restarts: 2 }),
    1,
  ],
  [
    'strata',
    spec(autoencoder, {
      inputs: even,
      loss: 'sampled',
      optimiser: { name: 'lbfgs' },
      sampling: 'strata',
      steps: 3,
      batch: 64,
      restarts: 2,
    }),
    0,
  ],
])('checks the inputs of a run on %s once', async (_, one, correlations) => {
  train(one, { kernel: typescriptKernel });
  expect(checks).toEqual({ distributions: 1, correlations });
  await trainMany([one], inlineExecutor(typescriptKernel));
  expect(checks).toEqual({ distributions: 2, correlations: 2 * correlations });
});
