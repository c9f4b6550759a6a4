import type { Kernel } from '@polysem/engine/kernels';
import {
  beginJob,
  continueJob,
  stepsDone,
  stepsOf,
  type Executor,
  type JobProgress,
} from '@polysem/engine/training';
import { elapsedTime } from '@polysem/numerics/clock';

/** Controls of a visitor while training runs. */
export interface Pace {
  isPaused: boolean;
  /** Steps to take although training is paused. */
  singleSteps: number;
  /** Seconds that the first start shall take; 0 for as fast as possible. */
  seconds: number;
}

const milliseconds = elapsedTime(() => performance.now());
const secondsNow = (): number => milliseconds() / 1000;

/** Seconds of work between two looks at messages. */
const SLICE = 0.012;

/** Watches a training. */
export interface LiveHooks {
  readonly pace: Pace;
  /** Lets messages come in; resolves soon after the given seconds, or when something changed while paused. */
  readonly breathe: (isPaused: boolean, seconds: number) => Promise<void>;
  readonly onSlice: (job: number, progress: JobProgress) => void;
  /** True if this training is no longer wanted. */
  readonly isStale: () => boolean;
}

/**
 * Trains jobs one after the other, at the pace of a visitor. The steps are those of every executor, so that results have
 * the same bytes. The first job advances evenly in the logarithm of its steps.
 */
export function liveExecutor(
  kernel: Kernel,
  { pace, breathe, onSlice, isStale }: LiveHooks,
): Executor {
  return {
    run: async (jobs, { onCheckpoint, onSteps } = {}) => {
      const done: JobProgress[] = [];
      for (const [i, job] of jobs.entries()) {
        const progress = beginJob(kernel, job);
        onSlice(i, progress);
        let perSlice = 1;
        let shown = 0;
        let last = secondsNow();
        while (progress.stopped === null) {
          if (isStale()) throw new Stale();
          const now = secondsNow();
          if (!pace.isPaused) shown += now - last;
          last = now;
          const { step } = progress.state;
          const isPaced = i === 0 && pace.seconds > 0 && !pace.isPaused;
          const wanted = pace.isPaused
            ? Math.min(pace.singleSteps, 1)
            : isPaced
              ? pacedSteps(progress, perSlice, stepAt(shown / pace.seconds, stepsOf(job)))
              : perSlice;
          if (wanted >= 1) {
            const began = secondsNow();
            continueJob(kernel, job, progress, Math.floor(wanted));
            if (pace.isPaused) pace.singleSteps--;
            const rate = Math.floor(wanted) / Math.max(1e-4, secondsNow() - began);
            perSlice = Math.max(1, Math.min(4 * perSlice, Math.floor(SLICE * rate)));
            onSlice(i, progress);
            onCheckpoint?.(i, progress);
            // oxlint-disable-next-line no-await-in-loop
            await onSteps?.(i, stepsDone(progress));
          }
          // The picture before a pause may lie some steps back.
          else if (pace.isPaused) onSlice(i, progress);
          const isWaiting = isPaced && wanted < 1;
          const due = isWaiting ? pace.seconds * fractionAt(step + 1, stepsOf(job)) - shown : 0;
          // Messages come in between slices.
          // oxlint-disable-next-line no-await-in-loop
          await breathe(pace.isPaused && pace.singleSteps === 0, due);
        }
        done.push(progress);
      }
      return done;
    },
  };
}

/** Steps up to the one that is due; after the last step, the rest of the evaluation. */
function pacedSteps({ state, ending }: JobProgress, most: number, due: number): number {
  return ending ? most : Math.min(most, due - state.step);
}

/** The training was replaced by another. */
export class Stale extends Error {}

/** The step at a fraction of the time, evenly in log (1 + step). */
function stepAt(fraction: number, steps: number): number {
  return fraction >= 1 ? steps : Math.expm1(fraction * Math.log1p(steps));
}

/** The fraction of the time at which a step is due. */
function fractionAt(step: number, steps: number): number {
  return Math.log1p(step) / Math.log1p(steps);
}
