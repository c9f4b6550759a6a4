import { beginJob, continueJob, type JobProgress } from '@polysem/engine/training';
import { typescriptKernel } from '@polysem/engine/kernels';
import type { Advance, Assignment, Order, Report } from '../src/messages.ts';
import type { Thread } from '../src/pool.ts';

/** A thread under a test's control: it works in this one, and makes no difference between what is long and short. */
export interface WilfulThread extends Thread {
  /** How many jobs that it had begun it gave back. */
  readonly moved: () => number;
  readonly die: (error: Error) => void;
}

/**
 * A thread that takes slices of any length and tells any time for them, both by `chance` (from 0 to 1), so that jobs are
 * moved about for no good reason. What it sends and gets is cloned, as between true threads.
 */
export function wilfulThread(chance: () => number): WilfulThread {
  let queue: (Omit<Assignment, 'progress'> & { progress: JobProgress | null })[] = [];
  let hear: (report: Report) => void;
  let onDeath: (error: Error) => void;
  let isDead = false;
  let moved = 0;
  const send = (report: Report): void => hear(structuredClone(report));
  const turn = (): void => {
    if (isDead || queue.length === 0) return;
    const [held] = queue;
    held.progress ??= beginJob(typescriptKernel, held.job);
    const before = held.progress.state.step;
    continueJob(typescriptKernel, held.job, held.progress, 1 + Math.floor(chance() * 20));
    const { step } = held.progress.state;
    const isSent = held.progress.stopped !== null || chance() < 0.3;
    const advance: Advance = {
      index: held.index,
      step,
      steps: step - before,
      ms: 10 ** (5 * chance()),
      progress: isSent ? held.progress : null,
    };
    if (held.progress.stopped !== null) queue.shift();
    send({ kind: 'advanced', advances: [advance] });
    setImmediate(turn);
  };
  return {
    post: (sent: Order) => {
      const order = structuredClone(sent);
      setImmediate(() => {
        if (isDead) return;
        if (order.kind === 'start') {
          send({ kind: 'ready', kernel: 'typescript' });
        } else if (order.kind === 'assign') {
          if (queue.length === 0) setImmediate(turn);
          queue.push(...order.assignments);
        } else {
          const unfinished = queue;
          queue = [];
          moved += unfinished.filter(({ progress }) => progress !== null).length;
          send({ kind: 'released', unfinished });
        }
      });
    },
    listen: (onReport, onEnd) => {
      hear = onReport;
      onDeath = onEnd;
    },
    hold: () => undefined,
    terminate: async () => {
      isDead = true;
    },
    moved: () => moved,
    die: (error) => {
      isDead = true;
      onDeath(error);
    },
  };
}
