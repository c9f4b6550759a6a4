import {
  firstOrderDefaults,
  generator,
  normal,
  parameterLayout,
  split,
  type CompressionModel,
  type Job,
  type JobProgress,
} from '@polysem/core';

/** A small job with a history and a held-out loss; plain data, so that a page can be given the same. */
export function toyJob(seed: number, steps: number): Job {
  const features = 6 + (seed % 5);
  const model: CompressionModel = {
    task: 'compression',
    activation: 'relu',
    features,
    dims: 3,
    importance: Array.from({ length: features }, (_, i) => 1 / (1 + i)),
  };
  const root = generator(seed);
  const start = new Float64Array(parameterLayout(model).size);
  const first = split(root, 0);
  for (let i = 0; i < features * 3; i++) start[i] = normal(first);
  return {
    instance: {
      model,
      inputs: { shape: 'uniform-positive', density: 0.2, unitVariance: false },
      batch: 64,
      optimiser: firstOrderDefaults.adam,
      learningRate: 1e-2,
      schedule: { shape: 'cosine', warmUp: 10 },
      steps,
      clip: 1,
      stream: split(root, 1),
    },
    start,
    record: [0, Math.floor(steps / 2), steps],
    stopping: null,
    heldOut: { stream: split(root, 2), batches: 4 },
  };
}

/** A job that no kernel can do. */
export function badJob(): Job {
  const job = toyJob(1, 100);
  return {
    ...job,
    instance: { ...job.instance, model: { ...job.instance.model, features: 0 } },
  };
}

/** Everything a progress holds, bit for bit, as text. */
export function bytes(progress: JobProgress): string {
  return JSON.stringify(progress, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength).join()
      : value,
  );
}
