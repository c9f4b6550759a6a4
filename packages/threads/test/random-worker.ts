import { beginJob, continueJob, type Job, type JobProgress } from '@polysem/engine/training';
import { typescriptKernel } from '@polysem/engine/kernels';
import type { Advance, FromWorker, ToWorker } from '../src/messages.ts';
import { keptParts } from '../src/sent-once.ts';
import type { WorkerHandle } from '../src/workers.ts';

/** A simulated worker that runs in this thread. */
export interface RandomWorker extends WorkerHandle {
  /** Messages that it got. */
  readonly received: ToWorker[];
  /** Number of jobs that it had begun and gave back. */
  readonly moved: () => number;
  readonly die: (error: Error) => void;
}

interface QueuedJob {
  readonly index: number;
  readonly job: Job;
  progress: JobProgress | null;
}

/**
 * A worker that takes slices of random length and reports random times for them, so that jobs move between workers again
 * and again. Messages are cloned, as between real threads.
 *
 * @param random returns numbers from 0 to 1.
 */
export function randomWorker(random: () => number): RandomWorker {
  const kept = keptParts();
  const received: ToWorker[] = [];
  let queue: QueuedJob[] = [];
  let onMessage: (message: FromWorker) => void;
  let onDeath: (error: Error) => void;
  let isDead = false;
  let moved = 0;
  const send = (message: FromWorker): void => onMessage(structuredClone(message));

  const slice = (): void => {
    if (isDead || queue.length === 0) return;
    const [queued] = queue;
    queued.progress ??= beginJob(typescriptKernel, queued.job);
    const { progress, job, index } = queued;
    const before = progress.state.step;
    continueJob(typescriptKernel, job, progress, 1 + Math.floor(random() * 20));
    const { step } = progress.state;
    const isSent = progress.stopped !== null || random() < 0.3;
    const advance: Advance = {
      index,
      step,
      steps: step - before,
      ms: 10 ** (5 * random()),
      progress: isSent ? progress : null,
    };
    if (progress.stopped !== null) queue.shift();
    send({ kind: 'advanced', advances: [advance] });
    setImmediate(slice);
  };

  const handle = (message: ToWorker): void => {
    if (isDead) return;
    if ('parts' in message) kept.keep(message.parts);
    if (message.kind === 'start') {
      send({ kind: 'ready', kernel: 'typescript' });
    } else if (message.kind === 'train') {
      if (queue.length === 0) setImmediate(slice);
      for (const { index, job, progress } of message.assignments)
        queue.push({ index, job: kept.unpack(job) as Job, progress });
    } else if (message.kind === 'recall') {
      const jobs = queue.map(({ index, progress }) => ({ index, progress }));
      queue = [];
      moved += jobs.filter(({ progress }) => progress !== null).length;
      send({ kind: 'recalled', jobs });
    } else if (message.kind === 'forget') {
      kept.forget();
    }
  };

  return {
    post: (message) => {
      const clone = structuredClone(message);
      received.push(structuredClone(message));
      setImmediate(() => handle(clone));
    },
    listen: (hear, end) => {
      onMessage = hear;
      onDeath = end;
    },
    hold: () => undefined,
    terminate: async () => {
      isDead = true;
    },
    received,
    moved: () => moved,
    die: (error) => {
      isDead = true;
      onDeath(error);
    },
  };
}
