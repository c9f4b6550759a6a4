import { elapsedTime } from '@polysem/numerics/clock';
import {
  beginJob,
  continueJob,
  stepsDone,
  type Job,
  type JobProgress,
} from '@polysem/engine/training';
import type { Kernel } from '@polysem/engine/kernels';
import type { Advance, Assignment, FromWorker } from './messages.ts';
import { sentError } from './sent-error.ts';

/** Milliseconds of work between two looks at the messages: long compared with a look, short compared with a run. */
const SLICE_MS = 20;

/** A job in the queue of a worker. */
interface QueuedJob {
  readonly index: number;
  readonly job: Job;
  progress: JobProgress | null;
  stepMs: number;
  /** True if this worker has measured the job's speed. */
  isMeasured: boolean;
  /** Milliseconds of work since the progress was last sent. */
  unsentMs: number;
}

/** The jobs of a worker, which it trains one after the other, slice by slice. */
export interface TrainingQueue {
  /** Appends jobs. */
  readonly add: (assignments: readonly Assignment[], checkpointMs: number) => void;
  /** Removes all jobs and sends them back. */
  readonly recall: () => void;
}

/**
 * An empty queue.
 *
 * @param unpack makes a job of what came with a message.
 * @param soon calls a function after the messages that have already come were handled, without further delay.
 */
export function trainingQueue(
  kernel: Kernel,
  unpack: (job: unknown) => unknown,
  send: (message: FromWorker) => void,
  soon: (action: () => void) => void,
): TrainingQueue {
  const now = elapsedTime(() => performance.now());
  let checkpointMs = Infinity;
  let queue: QueuedJob[] = [];
  let isSliceDue = false;

  function scheduleSlice(): void {
    if (isSliceDue || queue.length === 0) return;
    isSliceDue = true;
    soon(slice);
  }

  /** Works for one slice and reports. */
  function slice(): void {
    isSliceDue = false;
    const end = now() + SLICE_MS;
    let advances: Advance[] = [];
    const report = (): void => {
      if (advances.length > 0) send({ kind: 'advanced', advances });
      advances = [];
    };
    while (queue.length > 0 && now() < end) {
      const [queued] = queue;
      try {
        advances.push(work(kernel, queued, end, checkpointMs, now));
        if (queued.progress?.stopped !== null) queue.shift();
      } catch (error) {
        queue.shift();
        report();
        send({ kind: 'job-failed', index: queued.index, error: sentError(error) });
      }
    }
    report();
    scheduleSlice();
  }

  return {
    add: (assignments, newCheckpointMs) => {
      checkpointMs = newCheckpointMs;
      for (const { index, job, progress, stepMs } of assignments) {
        const whole = unpack(job) as Job;
        queue.push({ index, job: whole, progress, stepMs, isMeasured: false, unsentMs: 0 });
      }
      scheduleSlice();
    },
    recall: () => {
      send({ kind: 'recalled', jobs: queue.map(({ index, progress }) => ({ index, progress })) });
      queue = [];
    },
  };
}

/** Continues a job until about the given time, or to its end. */
function work(
  kernel: Kernel,
  queued: QueuedJob,
  end: number,
  checkpointMs: number,
  clock: () => number,
): Advance {
  const from = clock();
  // The expected time per step is only a guess before this worker has measured it.
  const caution = queued.isMeasured ? 2 : 8;
  queued.isMeasured = true;
  queued.progress ??= beginJob(kernel, queued.job);
  const { progress, job, index } = queued;
  const first = stepsDone(progress);
  let now = from;
  let steps = 0;
  let wanted = (end - now) / queued.stepMs / caution;
  do {
    continueJob(kernel, job, progress, Math.max(1, Math.floor(wanted)));
    now = clock();
    steps = stepsDone(progress) - first;
    // A coarse clock may show no time at all for a few steps.
    queued.stepMs = Math.max((now - from) / Math.max(0.5, steps), queued.stepMs / 4);
    wanted = (end - now) / queued.stepMs;
  } while (progress.stopped === null && wanted >= 1 && end - now > SLICE_MS / 4);
  const ms = now - from;
  queued.unsentMs += ms;
  const isSent = progress.stopped !== null || queued.unsentMs >= checkpointMs;
  if (isSent) queued.unsentMs = 0;
  return {
    index,
    step: stepsDone(progress),
    steps,
    ms,
    progress: isSent ? progress : null,
  };
}
