import type { KernelName } from '@polysem/engine/kernels';
import { interleave } from './interleave.ts';
import { openWorkload } from './open-workload.ts';
import type { Workload } from './workload.ts';

/** How fast a workload is trained by so many threads. */
export interface TrainingTime {
  /** The workload's name. */
  readonly work: string;
  readonly threads: number;
  /** Steps of all instances: the median over blocks. */
  readonly stepsPerSecond: number;
  /** The same in the slowest block and in the fastest. */
  readonly leastStepsPerSecond: number;
  readonly mostStepsPerSecond: number;
  /** One step of one instance, by the median. */
  readonly microsecondsPerInstanceStep: number;
  /** Blocks timed, after the warm-up. */
  readonly blocks: number;
}

/** Options of {@link trainingTimes}. */
export interface TrainingTimesOptions {
  /** The numbers of threads to be timed. */
  readonly threads: readonly number[];
  readonly kernel: KernelName;
  /** Fewer and shorter blocks. */
  readonly isQuick: boolean;
  /** Hears the workload about to be timed, and the fraction done. */
  readonly onProgress?: (work: string, done: number) => void;
}

/**
 * Times whole training steps, sampling included, of each workload with each number of threads. Blocks of steps take
 * turns among the numbers of threads, after a warm-up.
 */
export async function trainingTimes(
  works: readonly Workload[],
  options: TrainingTimesOptions,
): Promise<TrainingTime[]> {
  const rows: TrainingTime[] = [];
  for (const [i, work] of works.entries()) {
    options.onProgress?.(work.name, i / works.length);
    // oxlint-disable-next-line no-await-in-loop -- one at a time, since they are timed
    rows.push(...(await timesOf(work, options)));
  }
  return rows;
}

async function timesOf(
  work: Workload,
  { threads, kernel, isQuick }: TrainingTimesOptions,
): Promise<TrainingTime[]> {
  const opened = await Promise.all(threads.map((count) => openWorkload(work, count, kernel)));
  try {
    const contenders = opened.map(({ steps }) => ({ name: work.name, time: steps }));
    // Starting a block costs as much as some steps where instances are thousands, so that short blocks show less speed.
    const [runs, block] = isQuick ? [3, 0.2] : [5, 1];
    const times = await interleave(contenders, runs, block);
    return times.map(({ median, min, max }, i) => ({
      work: work.name,
      threads: threads[i],
      stepsPerSecond: 1 / median,
      leastStepsPerSecond: 1 / max,
      mostStepsPerSecond: 1 / min,
      microsecondsPerInstanceStep: (1e6 * median) / work.instances,
      blocks: runs,
    }));
  } finally {
    await Promise.all(opened.map(({ close }) => close()));
  }
}
