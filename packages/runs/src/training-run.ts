import { availableParallelism } from 'node:os';
import { checkFloat32, type KernelName } from '@polysem/engine/kernels';
import {
  planTraining,
  roughStepCost,
  trainPlans,
  usesKernel,
  type DivergedTraining,
  type JobProgress,
  type TrainedStart,
  type TrainingPlan,
  type TrainingResult,
  type TrainingSpec,
} from '@polysem/engine/training';
import { isQuadraticModel } from '@polysem/engine/models';
import { revision, version } from '@polysem/core';
import type { DataSet } from '@polysem/core/features';
import { dropCheckpoint, keepCheckpoint, pack, readCheckpoint, unpack } from './checkpoint.ts';
import { chooseKernel, openExecutor } from './executor.ts';
import { identity } from './identity.ts';
import { openJournal } from './journal.ts';
import type { RunOptions } from './phase-run.ts';

/** Options of {@link runTraining}. */
export interface TrainingRunOptions extends Omit<RunOptions, 'journal'> {
  /** File for the journal, or a function that names it once the specs are known to be valid; none if absent. */
  readonly journal?: string | (() => string | undefined);
  /** How many threads train at once, at most one a start; if absent all cores, or one if there is little to do. */
  readonly threads?: number;
  /** What trains on batches; the fastest that this engine can run if absent. */
  readonly kernel?: KernelName;
  /** The data matrix that the specs name. */
  readonly data?: DataSet;
}

/** Seconds of work on a start between two checkpoints of it. */
const CHECKPOINT_SECONDS = 3;
/** Multiplications that take about as long as starting workers. */
const WORTH_WORKERS: number = 2 ** 30;

/**
 * Trains models, many starts at a time. With a journal, what an interrupted run of the same specs, version and kernel
 * had done is taken from it, finished starts and those in the middle; the result is the same, byte for byte. Restarts of
 * a spec that all diverged do not keep the others from their results.
 *
 * @throws RangeError if a spec is malformed or names other data, or this engine cannot run the kernel.
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
    // The quadratic model is trained in units of its largest importance.
    const isScaled = isQuadraticModel(spec.model);
    if (usesKernel(spec) && kernel.name !== 'typescript' && !isScaled) checkFloat32(spec.model);
  }
  const journal = typeof options.journal === 'function' ? options.journal() : options.journal;
  const memory =
    journal === undefined
      ? null
      : openMemory(journal, specs, identity({ version, revision, specs, kernel: kernel.name }));
  const threads = Math.max(
    1,
    Math.min(
      specs.reduce((sum, { restarts }) => sum + restarts, 0),
      options.threads ?? worthwhile(plans),
    ),
  );
  const executor = await openExecutor(kernel, threads, CHECKPOINT_SECONDS);
  try {
    const results = await trainPlans(plans, executor, {
      ...memory?.extras,
      onProgress: async (done) => {
        options.onProgress?.(done);
        // Lets an interrupt through: training does not pause of itself.
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    memory?.finish();
    return results;
  } finally {
    await executor.close();
  }
}

/** As many threads as processors, or one if there is too little work to start workers for. */
function worthwhile(plans: readonly TrainingPlan[]): number {
  const work = plans.reduce(
    (sum, { spec, job }) => sum + spec.restarts * spec.steps * roughStepCost(job(0)),
    0,
  );
  return work < WORTH_WORKERS ? 1 : availableParallelism();
}

/** What is kept on disk of a run: finished starts in a journal, each unfinished one in a file of its own. */
function openMemory(path: string, specs: readonly TrainingSpec[], name: string) {
  const journal = openJournal<string>(path, name);
  const starts = specs.reduce((sum, spec) => sum + spec.restarts, 0);
  const finished = new Map<number, TrainedStart>();
  for (const [start, text] of journal.done) {
    const value = unpack(text);
    if (value !== undefined) finished.set(start, value as TrainedStart);
  }
  const fileOf = (start: number): string => `${path}-start-${start}`;
  const begun = new Map<number, JobProgress>();
  for (let start = 0; start < starts; start++) {
    if (finished.has(start)) continue;
    const progress = readCheckpoint(fileOf(start), name);
    if (progress !== undefined) begun.set(start, progress as JobProgress);
  }
  return {
    extras: {
      finished,
      begun,
      onStart: (start: number, trained: TrainedStart): void => {
        journal.add(start, pack(trained));
        dropCheckpoint(fileOf(start));
      },
      onCheckpoint: (start: number, progress: JobProgress): void =>
        keepCheckpoint(fileOf(start), name, progress),
    },
    finish: (): void => {
      journal.finish();
      // A start that was finished just before the process was killed may have left its own.
      for (let start = 0; start < starts; start++) dropCheckpoint(fileOf(start));
    },
  };
}
