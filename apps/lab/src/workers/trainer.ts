import type { TrainingSpec } from '@polysem/engine/training';
import type { FromTrainer, ToTrainer } from './messages.ts';
import { startWorker } from './start-worker.ts';

/** Trains one network at a time in a worker. A new training replaces the one before. */
export interface Trainer {
  /** Begins a training; returns its number, which its messages carry. */
  readonly train: (spec: TrainingSpec, seconds: number, start: number | null) => number;
  /** Asks for the result of another start; null for the best. */
  readonly showStart: (start: number | null) => void;
  /** Ends the training in progress. */
  readonly stop: () => void;
  readonly tell: (
    message: Exclude<ToTrainer, { kind: 'lab-train' | 'lab-start' | 'lab-stop' | 'lab-shown' }>,
  ) => void;
  readonly close: () => void;
}

/** Starts the worker. Messages of replaced trainings are dropped. */
export function openTrainer(onMessage: (message: FromTrainer) => void): Trainer {
  const worker = startWorker();
  let id = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<FromTrainer>) => {
    if (data.kind === 'lab-frame') afterPaint(() => post({ kind: 'lab-shown' }));
    if (data.id === id) onMessage(data);
  });
  worker.addEventListener('error', ({ message }) =>
    onMessage({ kind: 'lab-failed', id, message: message || 'the worker could not be loaded' }),
  );
  // Workers are not windows, and have no target origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const post = (message: ToTrainer): void => worker.postMessage(message);
  return {
    train: (spec, seconds, start) => {
      post({ kind: 'lab-train', id: ++id, spec, seconds, start });
      return id;
    },
    showStart: (start) => post({ kind: 'lab-start', id, start }),
    stop: () => post({ kind: 'lab-stop', id: ++id }),
    tell: post,
    close: () => worker.terminate(),
  };
}

/** Calls back once the page has drawn what it has now. */
function afterPaint(call: () => void): void {
  requestAnimationFrame(() => setTimeout(call));
}
