import { typescriptKernel } from '@polysem/engine/kernels';
import type { JobProgress } from '@polysem/engine/training';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FromWorker } from '../src/messages.ts';
import { trainingQueue } from '../src/training-queue.ts';
import { bytes, toyJob } from './jobs.ts';

afterEach(() => vi.restoreAllMocks());

/** Trains a job in the queue of a worker whose clock advances by `step` milliseconds per reading. */
function trained(step: number): { readonly end: JobProgress; readonly times: number[] } {
  let time = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += step));
  const sent: FromWorker[] = [];
  const due: (() => void)[] = [];
  const queue = trainingQueue(
    typescriptKernel,
    (job) => job,
    (message) => sent.push(message),
    (action) => due.push(action),
  );
  queue.add([{ index: 0, job: toyJob(1, 300), progress: null, stepMs: 1 }], Infinity);
  for (let turn = 0; due.length > 0 && turn < 1e5; turn++) due.shift()?.();
  clock.mockRestore();
  const advances = sent.flatMap((message) => (message.kind === 'advanced' ? message.advances : []));
  expect(advances.reduce((sum, { steps }) => sum + steps, 0)).toBe(300);
  return {
    end: advances.at(-1)?.progress as JobProgress,
    times: advances.map(({ ms }) => ms),
  };
}

describe('a worker', () => {
  it('trains to the end with a clock that goes back, and reports no negative times', () => {
    const forward = trained(1);
    for (const step of [-1, -1e6, 0]) {
      const { end, times } = trained(step);
      expect(bytes(end)).toBe(bytes(forward.end));
      expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    }
  });
});
