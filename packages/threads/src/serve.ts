import { beginJob, continueJob, type JobProgress } from '@polysem/engine/training';
import { fastestKernel, kernelNamed, type Kernel } from '@polysem/engine/kernels';
import { sweepRow } from '@polysem/engine/phase';
import type { Advance, Assignment, Order, Report } from './messages.ts';
import { plainError } from './plain-error.ts';

/** How long a worker works before it looks for orders: long beside the looking, short beside a run. */
const SLICE_MS = 20;

/** A job at a worker. */
interface Held extends Omit<Assignment, 'progress' | 'stepMs'> {
  progress: JobProgress | null;
  stepMs: number;
  /** Whether it has been at work here. */
  isTried: boolean;
  /** Milliseconds at work since the progress was last sent. */
  unsentMs: number;
}

/**
 * The worker's side: works through its queue of jobs slice by slice and reports after each, wherever it runs. Gives the
 * function that takes its orders.
 *
 * @param soon calls a function after the orders that have come were taken, without further delay.
 */
export function serve(
  send: (report: Report) => void,
  soon: (action: () => void) => void,
): (order: Order) => void {
  let kernel: Kernel;
  let checkpointMs = Infinity;
  let queue: Held[] = [];
  let isTurnDue = false;

  function nextTurn(): void {
    if (isTurnDue || queue.length === 0) return;
    isTurnDue = true;
    soon(turn);
  }

  function turn(): void {
    isTurnDue = false;
    const end = performance.now() + SLICE_MS;
    let advances: Advance[] = [];
    const report = (): void => {
      if (advances.length > 0) send({ kind: 'advanced', advances });
      advances = [];
    };
    while (queue.length > 0 && performance.now() < end) {
      const [held] = queue;
      try {
        advances.push(work(kernel, held, end, checkpointMs));
        if (held.progress?.stopped !== null) queue.shift();
      } catch (error) {
        queue.shift();
        report();
        send({ kind: 'failed', index: held.index, error: plainError(error) });
      }
    }
    report();
    nextTurn();
  }

  return (order) => {
    if (order.kind === 'start') {
      kernel = order.kernel === 'auto' ? fastestKernel() : kernelNamed(order.kernel);
      send({ kind: 'ready', kernel: kernel.name });
    } else if (order.kind === 'sweep') {
      const { index, task } = order;
      try {
        send({ kind: 'swept', index, row: sweepRow(kernel, task) });
      } catch (error) {
        send({ kind: 'failed', index, error: plainError(error) });
      }
    } else if (order.kind === 'assign') {
      checkpointMs = order.checkpointMs;
      for (const assignment of order.assignments)
        queue.push({ ...assignment, isTried: false, unsentMs: 0 });
      nextTurn();
    } else {
      send({
        kind: 'released',
        unfinished: queue.map(({ index, progress }) => ({ index, progress })),
      });
      queue = [];
    }
  };
}

/** Takes a job on until about the given time, or to its end. */
function work(kernel: Kernel, held: Held, end: number, checkpointMs: number): Advance {
  const from = performance.now();
  // What is known of a job's speed before it was at work is a guess.
  const caution = held.isTried ? 2 : 8;
  held.isTried = true;
  held.progress ??= beginJob(kernel, held.job);
  const { progress, job, index } = held;
  const first = progress.state.step;
  let now = from;
  let steps = 0;
  let wanted = (end - now) / held.stepMs / caution;
  do {
    continueJob(kernel, job, progress, Math.max(1, Math.floor(wanted)));
    now = performance.now();
    steps = progress.state.step - first;
    // A clock may be too coarse to see a few steps go by.
    held.stepMs = Math.max((now - from) / Math.max(1, steps), held.stepMs / 4);
    wanted = (end - now) / held.stepMs;
  } while (progress.stopped === null && wanted >= 1 && end - now > SLICE_MS / 4);
  const ms = now - from;
  held.unsentMs += ms;
  const isSent = progress.stopped !== null || held.unsentMs >= checkpointMs;
  if (isSent) held.unsentMs = 0;
  return {
    index,
    step: progress.state.step,
    steps,
    ms,
    progress: isSent ? progress : null,
  };
}
