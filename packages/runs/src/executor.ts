import {
  fastestKernel,
  kernelNamed,
  type Kernel,
  type KernelName,
  type ModelActivations,
} from '@polysem/engine/kernels';
import { elapsedTime } from '@polysem/numerics/clock';
import { inlineExecutor, type Executor } from '@polysem/engine/training';
import { allowFastVectors, openPool } from '@polysem/threads/node';

/** An executor that must be closed after use. */
export type OpenExecutor = Executor & { readonly close: () => Promise<void> };

/**
 * The kernel with a given name, or for `auto` the fastest that this machine can run and that can
 * train the models.
 *
 * @param name name of the kernel, or `auto`.
 * @param models the models to train.
 * @returns the kernel.
 * @throws RangeError if this machine cannot run the kernel, or the kernel cannot train a model.
 *
 * @example
 * ```js
 * import { chooseKernel } from 'polysem/runs';
 * const model = { task: 'compression', activation: 'relu' };
 * chooseKernel('typescript', [model]).name; // 'typescript'
 * ```
 */
export function chooseKernel(
  name: KernelName | 'auto',
  models: readonly ModelActivations[] = [],
): Kernel {
  allowFastVectors();
  return name === 'auto' ? fastestKernel(models) : kernelNamed(name, models);
}

/**
 * Opens an executor with a number of threads: a pool of workers, or this thread alone.
 *
 * @param kernel the kernel that trains.
 * @param threads number of jobs trained at once.
 * @param checkpointSeconds seconds between two checkpoints of a job.
 * @returns the executor.
 */
export async function openExecutor(
  kernel: Kernel,
  threads: number,
  checkpointSeconds: number,
): Promise<OpenExecutor> {
  if (threads === 1) return oneThread(kernel, checkpointSeconds);
  const pool = await openPool({ threads, kernel: kernel.name });
  return {
    threads,
    run: (jobs, hooks) => pool.run(jobs, { ...hooks, checkpointSeconds }),
    close: pool.close,
  };
}

function oneThread(kernel: Kernel, checkpointSeconds: number): OpenExecutor {
  const executor = inlineExecutor(kernel);
  return {
    run: (jobs, hooks) => {
      const clock = elapsedTime(() => performance.now());
      let job = -1;
      let last = 0;
      return executor.run(jobs, {
        ...hooks,
        onCheckpoint: (at, progress) => {
          const now = clock();
          if (at !== job) {
            job = at;
            last = now;
          }
          if (progress.stopped === null && now - last < 1000 * checkpointSeconds) return;
          last = now;
          hooks?.onCheckpoint?.(at, progress);
        },
      });
    },
    close: async () => {},
  };
}
