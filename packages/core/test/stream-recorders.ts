import type { FeatureSource } from '../src/embedding/feature-source.ts';
import type { StreamTasks } from '../src/streaming/tasks.ts';
import type { StreamWorkers } from '../src/streaming/workers.ts';

/** A source with the ranges that were read. */
export function watched(source: FeatureSource, onRead: (reads: number) => void = () => {}) {
  const reads: { first: number; count: number }[] = [];
  const read = async (first: number, count: number) => {
    reads.push({ first, count });
    onRead(reads.length);
    return source.read(first, count);
  };
  return { source: { ...source, read }, reads };
}

/** Feature i is (i, i + 1, ..) modulo 7, never stored. */
export function steps(dims: number, features: number): FeatureSource {
  return {
    name: 'steps',
    dims,
    features,
    precision: 'float64',
    read: async (first, count) => {
      const numbers = new Float64Array(count * dims);
      for (let f = 0; f < count; f++)
        for (let d = 0; d < dims; d++) numbers[f * dims + d] = ((first + f + d) % 7) - 3;
      return numbers;
    },
  };
}

interface Asked {
  readonly worker: number;
  readonly task: keyof StreamTasks;
  readonly input: unknown;
  readonly transfer: readonly ArrayBuffer[];
}

/** Workers with the tasks that they were asked for. */
export function recorded(inner: StreamWorkers) {
  const asked: Asked[] = [];
  let renewed = 0;
  const workers: StreamWorkers = {
    threads: inner.threads,
    ask: (worker, task, input, transfer = []) => {
      asked.push({ worker, task, input, transfer });
      return inner.ask(worker, task, input, transfer);
    },
    renew: async () => {
      renewed++;
      await inner.renew();
    },
  };
  return { workers, asked, renewals: () => renewed };
}
