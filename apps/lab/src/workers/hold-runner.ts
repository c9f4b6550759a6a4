import {
  trainHoldCurve,
  type HeldPoint,
  type HoldCurve,
  type HoldSpec,
  type HoldTask,
} from '@polysem/engine/phase';
import { openPool, type WebWorker, type WorkerPool } from '@polysem/threads/browser';
import type { FromTrainer, ToTrainer } from './messages.ts';
import type { Snapshot } from './snapshot.ts';
import { startWorker } from './start-worker.ts';

/** Trains points under a held capacity, in workers of its own, so that neither a diagram nor the curve delays a drag. */
export interface HoldRunner {
  /** Trains one point. */
  readonly point: (task: HoldTask) => Promise<HeldPoint>;
  /** Trains a curve with all processors; tells each point as it comes, and the fraction of the work that is done. */
  readonly curve: (
    spec: HoldSpec,
    capacities: readonly number[],
    onPoint: (row: number, point: HeldPoint, done: number) => void,
  ) => Promise<HoldCurve>;
  /** Measures the network of a point. */
  readonly measure: (of: Omit<Measure, 'kind' | 'id'>) => Promise<Snapshot>;
  /** Ends the workers; what is under way is rejected. */
  readonly close: () => void;
}

type Measure = Extract<ToTrainer, { kind: 'lab-measure' }>;

const poolWorker = (): WebWorker => startWorker() as unknown as WebWorker;

/** Opens a runner for one spec; workers start when they are first needed. */
export function openHoldRunner(threads: number, { model }: HoldSpec): HoldRunner {
  const pools: Promise<WorkerPool>[] = [];
  const open = (count: number): (() => Promise<WorkerPool>) => {
    let pool: Promise<WorkerPool> | null = null;
    return () => {
      if (pool === null) {
        pool = openPool({ threads: count, models: [model], worker: poolWorker });
        pools.push(pool);
      }
      return pool;
    };
  };
  const [one, many] = [open(1), open(threads)];
  const measuring = openMeasure();
  return {
    point: async (task) => {
      const [point] = await (await one()).computeRows({ name: 'holdPoint', tasks: [task] });
      return point;
    },
    curve: async (spec, capacities, onPoint) => {
      const pool = await many();
      return trainHoldCurve(spec, capacities, (done, tasks) =>
        pool.computeRows({
          name: 'holdPoint',
          tasks,
          onRow: (task, point) => onPoint(tasks[task].row, point, done),
        }),
      );
    },
    measure: measuring.measure,
    close: () => {
      measuring.close();
      for (const pool of pools) void pool.then((opened) => opened.close()).catch(() => undefined);
    },
  };
}

function openMeasure(): Pick<HoldRunner, 'measure' | 'close'> {
  const worker = startWorker();
  const waiting = new Map<
    number,
    { readonly resolve: (snapshot: Snapshot) => void; readonly reject: (error: Error) => void }
  >();
  let last = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<FromTrainer>) => {
    if (data.kind !== 'lab-measured') return;
    waiting.get(data.id)?.resolve(data.snapshot);
    waiting.delete(data.id);
  });
  return {
    measure: (of) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        const message: ToTrainer = { kind: 'lab-measure', id, ...of };
        // Workers are not windows, and have no target origin.
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        worker.postMessage(message);
      }),
    close: () => {
      worker.terminate();
      for (const { reject } of waiting.values()) reject(new Error('the runner is closed'));
      waiting.clear();
    },
  };
}
