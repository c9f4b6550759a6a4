import type { KernelName } from '@polysem/engine/kernels';
import { interleave } from './interleave.ts';
import { openWorkload } from './open-workload.ts';
import type { Workload } from './workload.ts';

/** Training speed of a workload with a given number of threads. */
export interface TrainingTime {
  /** Name of the workload. */
  readonly work: string;
  readonly threads: number;
  /** Steps of all instances per second: median over samples. */
  readonly stepsPerSecond: number;
  /** The same for the slowest sample. */
  readonly leastStepsPerSecond: number;
  /** The same for the fastest sample. */
  readonly mostStepsPerSecond: number;
  /** Microseconds per step and instance: median over samples. */
  readonly microsecondsPerInstanceStep: number;
  /** Number of timed samples, after the warm-up. */
  readonly blocks: number;
}

/** Options of {@link trainingTimes}. */
export interface TrainingTimesOptions {
  /** Numbers of threads to time. */
  readonly threads: readonly number[];
  readonly kernel: KernelName;
  /** True for fewer and shorter samples. */
  readonly isQuick: boolean;
  /** Called with the name of the next workload and the fraction done, 0 to 1. */
  readonly onProgress?: (work: string, done: number) => void;
}

/**
 * Times whole training steps, including sampling, for each workload and number of threads. After a warm-up, samples
 * alternate between the numbers of threads.
 *
 * @param works the workloads.
 * @param options threads, kernel and duration.
 * @returns one row per workload and number of threads.
 *
 * @remarks No example: it times for seconds.
 */
export async function trainingTimes(
  works: readonly Workload[],
  options: TrainingTimesOptions,
): Promise<TrainingTime[]> {
  const rows: TrainingTime[] = [];
  for (const [i, work] of works.entries()) {
    options.onProgress?.(work.name, i / works.length);
    // oxlint-disable-next-line no-await-in-loop -- timed one at a time
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
    // With thousands of instances starting a sample costs as much as some steps, so short samples look slower.
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
