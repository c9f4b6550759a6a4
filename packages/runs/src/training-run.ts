import { availableParallelism } from 'node:os';
import {
  checkFloat32,
  largeBytes,
  teamShape,
  type Kernel,
  type KernelName,
  type LargeShape,
} from '@polysem/engine/kernels';
import {
  isProgressOf,
  isRestartOf,
  planTraining,
  roughStepCost,
  trainPlans,
  usesKernel,
  type DivergedTraining,
  type JobProgress,
  type TrainedRestart,
  type TrainingPlan,
  type TrainPlansExtras,
  type TrainingResult,
  type TrainingSpec,
} from '@polysem/engine/training';
import { isQuadraticModel } from '@polysem/engine/models';
import type { DataSet } from '@polysem/core/features';
import { chooseKernel, openExecutor } from './executor.ts';
import { storeOf, type RunOptions } from './run-rows.ts';
import type { RunStore } from './store/run-store.ts';

/** Options of {@link runTraining}. */
export interface TrainingRunOptions extends Omit<RunOptions, 'journal'> {
  /** File for the journal, or a function that names it once the specs are known to be valid; none if absent. */
  readonly journal?: string | (() => string | undefined);
  /**
   * Number of threads, at most one per restart unless a model is large; by default all cores, or
   * one if there is little work.
   */
  readonly threads?: number;
  /** The kernel that trains; by default the fastest available. */
  readonly kernel?: KernelName;
  /** The data matrix that the specs name. */
  readonly data?: DataSet;
}

/** Seconds of training between two checkpoints of a restart. */
const CHECKPOINT_SECONDS = 3;
/** Number of multiplications that take about as long as starting workers. */
const WORTH_WORKERS: number = 2 ** 30;

/**
 * Trains models, several restarts at a time. With a journal, an interrupted run of the same specs,
 * version and kernel is continued: finished restarts are reused, unfinished ones resumed, and the
 * result is the same, byte for byte. A spec whose restarts all diverged does not affect the others.
 *
 * @param specs one spec per model.
 * @param options threads, kernel, data, journal and progress callback.
 * @returns one result per spec.
 * @throws RangeError if a spec is malformed or names different data, or this engine cannot run
 *   the kernel.
 *
 * @example
 * ```js
 * import { runTraining } from 'polysem/runs';
 * import { trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * const [{ capacity }] = await runTraining([spec], { threads: 1 });
 * Array.from(capacity, (c) => c.toFixed(3)); // ['0.500', '0.500']
 * ```
 */
export async function runTraining(
  specs: readonly TrainingSpec[],
  options: TrainingRunOptions = {},
): Promise<(TrainingResult | DivergedTraining)[]> {
  const kernel = chooseKernel(
    options.kernel ?? 'auto',
    specs.map(({ model }) => model),
  );
  const plans = specs.map((spec) => planTraining(spec, { data: options.data, kernel }));
  for (const spec of specs) {
    // The quadratic model is trained in units in which the largest importance is 1.
    const isScaled = isQuadraticModel(spec.model);
    if (usesKernel(spec) && kernel.name !== 'typescript' && !isScaled) checkFloat32(spec.model);
  }
  const journal = typeof options.journal === 'function' ? options.journal() : options.journal;
  const store = storeOf({ ...options, journal }, { specs, kernel: kernel.name });
  const memory = store && memoryOf(store, plans);
  const restarts = specs.reduce((sum, one) => sum + one.restarts, 0);
  const shapes = plans.flatMap((plan) => largeShapeOf(plan, kernel) ?? []);
  const useful = shapes.length > 0 ? Infinity : restarts;
  const threads = Math.max(1, Math.min(useful, options.threads ?? worthwhile(plans)));
  const memoryNote = noteOfMemory(shapes, restarts, threads);
  if (memoryNote !== null) options.onNote?.(memoryNote);
  const executor = await openExecutor(kernel, threads, CHECKPOINT_SECONDS);
  try {
    return await trainPlans(plans, executor, {
      ...memory,
      onProgress: async (done) => {
        options.onProgress?.(done);
        // Gives interrupts a chance: training does not yield to the event loop.
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
  } finally {
    await executor.close();
  }
}

/** The shape of a plan whose model is so large that several threads can train it together; null if it is not. */
function largeShapeOf({ job }: TrainingPlan, { name }: Pick<Kernel, 'name'>): LargeShape | null {
  const first = job(0);
  return first.kind === 'batches' ? teamShape(first.instance, name) : null;
}

/** Bytes from which the memory of a run is announced. */
const MUCH_MEMORY = 2.5e8;

/** A line with the memory that a run will take; null if that is little. */
function noteOfMemory(
  shapes: readonly LargeShape[],
  restarts: number,
  threads: number,
): string | null {
  const atOnce = Math.min(restarts, threads);
  const together = Math.ceil(threads / atOnce);
  const largest = Math.max(0, ...shapes.map((shape) => largeBytes(shape, together)));
  if (largest < MUCH_MEMORY) return null;
  const each = `${(largest / 1e9).toFixed(1)} GB of memory`;
  return atOnce === 1
    ? `training takes ${each}`
    : `training takes up to ${each} for each of ${atOnce} restarts at a time`;
}

/** As many threads as cores, or one if there is too little work to justify starting workers. */
function worthwhile(plans: readonly TrainingPlan[]): number {
  const work = plans.reduce(
    (sum, { spec, job }) => sum + spec.restarts * spec.steps * roughStepCost(job(0)),
    0,
  );
  return work < WORTH_WORKERS ? 1 : availableParallelism();
}

/** Name of the part of a run that a restart is. */
const partOf = (start: number): string => `start-${start}`;

/** Restarts that an earlier run kept, and callbacks that keep more. */
function memoryOf(store: RunStore, plans: readonly TrainingPlan[]): TrainPlansExtras {
  const finished = new Map<number, TrainedRestart>();
  const begun = new Map<number, JobProgress>();
  let place = 0;
  for (const { spec, job } of plans) {
    // Restarts of a plan have the same form.
    const form = job(0);
    for (const end = place + spec.restarts; place < end; place++) {
      const trained = store.finished(partOf(place), (value) => isRestartOf(form, value));
      if (trained !== undefined) {
        finished.set(place, trained as TrainedRestart);
        continue;
      }
      const progress = store.state(partOf(place), (value) => isProgressOf(form, value));
      if (progress !== undefined) begun.set(place, progress as JobProgress);
    }
  }
  return {
    finished,
    begun,
    onRestart: (restart, trained) => store.finish(partOf(restart), trained),
    onCheckpoint: (restart, progress) => store.keepState(partOf(restart), progress),
  };
}
