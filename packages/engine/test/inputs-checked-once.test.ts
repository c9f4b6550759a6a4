import { beforeEach, expect, it, vi } from 'vitest';
import { typescriptKernel } from '../src/kernels/typescript-kernel.ts';
import { phaseRow } from '../src/phase/phase-row.ts';
import { planPhase } from '../src/phase/plan-phase.ts';
import { planGrid } from '../src/phase/plan-grid.ts';
import { refine } from '../src/phase/refine.ts';
import { trainGrid } from '../src/phase/train-grid.ts';
import { trainRow, type RowTask } from '../src/phase/train-row.ts';
import { inlineExecutor } from '../src/training/executor.ts';
import { train } from '../src/training/train.ts';
import { trainMany } from '../src/training/train-many.ts';
import {
  autoencoder,
  correlated,
  correlatedGrid,
  even,
  quadratic,
  spec,
} from './training-cases.ts';

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

/** Trains in copies of the cells, as a worker does. */
const trainRows = async (tasks: readonly RowTask[]) =>
  tasks.map((task) => trainRow(typescriptKernel, structuredClone(task)));

it('checks the inputs of a grid once per distribution', async () => {
  const diagram = await trainGrid(planGrid(correlatedGrid), (_pass, tasks) => trainRows(tasks));
  expect(checks).toEqual({ distributions: 2, correlations: 2 });
  // Each round adds one distribution per row, because it trains new cells.
  const steps = await refine(diagram, trainRows, 1);
  const rows = new Set(steps.map(({ row }) => row)).size;
  expect(rows).toBeGreaterThan(0);
  expect(checks).toEqual({ distributions: 2 + rows, correlations: 2 + rows });
});

it('resolves the inputs of a grid over kurtosis once per column', () => {
  planGrid({
    ...correlatedGrid,
    x: { parameter: 'kurtosis', values: [6, 12, 18] },
    y: { parameter: 'importance', values: [0.5, 1, 2] },
  });
  expect(checks.correlations).toBe(3);
});

it.each(['exact', 'sampled'] as const)(
  'checks the inputs of each row of the theory with the %s loss once',
  (loss) => {
    const axis = { from: 0.5, to: 2, count: 3 };
    const trained = { loss, restarts: 1, stopAtGap: 0, activeEntries: 100 };
    const base = { features: 3, dims: 1, shape: 'uniform', seed: 1, trained } as const;
    const density = { from: 0.5, to: 0.1, count: 3 };
    planPhase({ ...base, density, importance: axis }).rows.map(phaseRow);
    expect(checks).toEqual({ distributions: 3, correlations: 0 });
  },
);
