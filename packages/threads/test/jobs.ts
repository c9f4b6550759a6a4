import { resolveInputs } from '@polysem/core/features';
import { firstOrderDefaults } from '@polysem/engine/descent';
import { generator, normal, childGenerator } from '@polysem/numerics/random';
import { parameterLayout, type CompressionModel } from '@polysem/engine/models';
import type { Correlation } from '@polysem/core/features';
import type { BatchJob, JobProgress } from '@polysem/engine/training';

const CORRELATIONS: readonly (Correlation | null)[] = [
  null,
  {
    kind: 'together',
    groups: [
      [0, 4],
      [1, 2, 5],
    ],
  },
  { kind: 'one-of', groups: 4 },
  { kind: 'copula', loadings: 0.6 },
  {
    kind: 'copula',
    matrix: Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: 10 }, (__, j) => (i === j ? 1 : 0.4)),
    ),
  },
];

/** A small job with a history and a held-out loss, on independent or correlated features; depends on its arguments alone. */
export function toyJob(seed: number, steps: number): BatchJob {
  const features = 6 + (seed % 5);
  const model: CompressionModel = {
    task: 'compression',
    activation: 'relu',
    features,
    dims: 3,
    importance: Array.from({ length: features }, (_, i) => 1 / (1 + i)),
  };
  const correlation = CORRELATIONS[seed % 5];
  const marginal = {
    shape: 'uniform-positive',
    // Alternates between the two methods for correlated features.
    density: seed % 2 === 0 ? 0.2 : 0.05,
    unitVariance: false,
  } as const;
  const root = generator(seed);
  const start = new Float64Array(parameterLayout(model).size);
  const first = childGenerator(root, 0);
  for (let i = 0; i < features * 3; i++) start[i] = normal(first);
  return {
    kind: 'batches',
    instance: {
      model,
      inputs: resolveInputs(
        correlation === null ? marginal : { kind: 'correlated', marginal, correlation },
        features,
      ),
      batch: 64,
      optimiser: firstOrderDefaults.adam,
      learningRate: 1e-2,
      schedule: { shape: 'cosine', warmUp: 10 },
      steps,
      clip: 1,
      stream: childGenerator(root, 1),
    },
    start,
    record: [0, Math.floor(steps / 2), steps],
    stopping: null,
    heldOut: { kind: 'batches', stream: childGenerator(root, 2), batches: 4 },
  };
}

/** A job that fails on every kernel. */
export function badJob(): BatchJob {
  const job = toyJob(1, 100);
  return {
    ...job,
    instance: { ...job.instance, model: { ...job.instance.model, features: 0 } },
  };
}

/** All bits of a progress, as text. */
export function bytes(progress: JobProgress): string {
  return JSON.stringify(progress, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength).join()
      : value,
  );
}
